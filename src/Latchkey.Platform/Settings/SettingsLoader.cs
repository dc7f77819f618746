namespace Latchkey.Platform.Settings;

/// <summary>The values in force, and what was found on the way to them.</summary>
public sealed record LoadedSettings(LatchkeySettings Values, SettingsReport Report);

/// <summary>
/// Reads every setting from the environment, then from <c>LATCHKEY_ENV_FILE</c>, <c>./.env</c> and <c>./backend/.env</c>, and
/// finds all that is wrong at once. Values that are placeholders or invalid are not in force.
/// </summary>
public sealed class SettingsLoader
{
    private const string OurFamily = "LATCHKEY_";

    private readonly SettingsCatalogue _catalogue;
    private readonly SettingsPlaces _places;
    private readonly List<SettingsFile> _files = [];
    private readonly List<EnvironmentFile> _contents = [];
    private readonly List<SettingsProblem> _problems = [];

    private SettingsLoader(SettingsCatalogue catalogue, SettingsPlaces places)
    {
        _catalogue = catalogue;
        _places = places;
    }

    public static LoadedSettings Load(SettingsCatalogue catalogue, SettingsPlaces places) => new SettingsLoader(catalogue, places).Load();

    private LoadedSettings Load()
    {
        var readAt = TimeProvider.System.GetUtcNow();

        foreach (var file in _places.Files)
        {
            ReadFile(file);
        }

        var findings = _catalogue.Settings.Select(Find).ToList();
        var values = new LatchkeySettings(
            findings
                .Where(finding => finding.State == SettingState.Set)
                .ToDictionary(finding => finding.Setting.Name, finding => finding.Value!, StringComparer.Ordinal)
        )
        {
            ReadAt = readAt,
        };
        var enabled = _catalogue.Enabled(values);
        var judged = findings
            .Where(finding => finding.Setting.Module == PlatformSettings.Port.Module || enabled.Contains(finding.Setting.Module))
            .Select(finding => Judge(finding, values))
            .ToList();

        foreach (var finding in judged)
        {
            NameProblems(finding);
        }

        NameUnknown();
        return new(values, new(_files, enabled, judged, _problems));
    }

    private void ReadFile(string file)
    {
        var path = _places.FullPath(file);

        if (!File.Exists(path))
        {
            _files.Add(new(file, path, SettingsFileState.NotThere, null, 0));

            if (file == _places.NamedFile)
            {
                _problems.Add(
                    SettingsProblem.Error(
                        new($"names a file that is not there: {path}", $"указывает на файл, которого нет: {path}"),
                        PlatformSettings.EnvironmentFile.Name
                    )
                );
            }

            return;
        }

        try
        {
            var content = EnvironmentFile.Read(path) with { Path = file };
            _contents.Add(content);
            _files.Add(new(file, path, SettingsFileState.Read, content.ChangedAt, content.Entries.Count));
            _problems.AddRange(content.Problems.Select(problem => problem with { File = file }));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _files.Add(new(file, path, SettingsFileState.Unreadable, null, 0));
            _problems.Add(SettingsProblem.Error(new("the file can't be read", "файл не удалось прочитать"), file: file));
        }
    }

    /// <summary>The first name that holds a real value wins; of one name, the first place.</summary>
    private SettingFinding Find(Setting setting)
    {
        var candidates = setting
            .Aliases.Prepend(setting.Name)
            .SelectMany(Candidates)
            .Where(candidate => candidate.Value.Length > 0)
            .ToList();
        var real = candidates.Find(candidate => candidate.Broken || !Placeholders.Contains(setting, candidate.Value));
        var chosen = real ?? candidates.FirstOrDefault();

        if (real is not null)
        {
            WarnOfOthers(real, candidates);
        }

        return chosen is null
            ? new(setting, SettingState.Missing, setting.Required, null, null, null, null)
            : new(setting, StateOf(setting, chosen, out var problem), setting.Required, chosen.Value, chosen.Place, problem, null);
    }

    private IEnumerable<Candidate> Candidates(string name)
    {
        if (_places.Environment.TryGetValue(name, out var value))
        {
            yield return new(value.Trim(), new(name, null, null), Broken: false);
        }

        foreach (var file in _contents)
        {
            foreach (var entry in file.Entries.Where(entry => entry.Name == name))
            {
                yield return new(entry.Value, new(name, file.Path, entry.Line), entry.Broken);
            }
        }
    }

    private SettingState StateOf(Setting setting, Candidate candidate, out LocalizedText? problem)
    {
        problem = null;

        if (candidate.Broken)
        {
            problem = new(
                "is broken over several lines: put its value on one line",
                "значение разорвано на несколько строк: запишите его в одну строку"
            );
            return SettingState.Invalid;
        }

        if (Placeholders.Contains(setting, candidate.Value))
        {
            problem = new(
                "is still the placeholder from the example, and counts as not set",
                "содержит заглушку из примера и считается незаданным"
            );
            return SettingState.Placeholder;
        }

        problem =
            setting == PlatformSettings.Modules ? _catalogue.CheckModules(candidate.Value) : setting.Validate?.Invoke(candidate.Value);
        return problem is null ? SettingState.Set : SettingState.Invalid;
    }

    private static SettingFinding Judge(SettingFinding finding, LatchkeySettings values) =>
        finding with
        {
            Required = finding.Required || finding.Setting.RequiredWhen?.Invoke(values) == true,
            Remark = finding.Setting.Remark?.Invoke(values),
        };

    private void NameProblems(SettingFinding finding)
    {
        var (name, file, line) = finding.Place ?? new SettingPlace(finding.Setting.Name, null, null);
        if (finding.State == SettingState.Invalid)
        {
            _problems.Add(SettingsProblem.Error(finding.Problem!, name, file, line));
        }

        if (finding.State == SettingState.Placeholder)
        {
            _problems.Add(
                finding.Setting.Required || finding.Setting.RefusesPlaceholder
                    ? SettingsProblem.Error(finding.Problem!, name, file, line)
                    : SettingsProblem.Warning(finding.Problem!, name, file, line)
            );
        }

        if (finding.State == SettingState.Missing && finding.Required)
        {
            var text = new LocalizedText("is required, and not set", "обязательно, но не задано");
            _problems.Add(finding.Setting.Required ? SettingsProblem.Error(text, name) : SettingsProblem.Warning(text, name));
        }
    }

    private void WarnOfOthers(Candidate chosen, List<Candidate> candidates)
    {
        foreach (var other in candidates.Where(other => other.Place.Name != chosen.Place.Name && other.Value != chosen.Value))
        {
            _problems.Add(
                SettingsProblem.Warning(
                    new($"is not used: {chosen.Place.Name} is set too", $"не используется: задано и {chosen.Place.Name}"),
                    other.Place.Name,
                    other.Place.File,
                    other.Place.Line
                )
            );
        }
    }

    /// <summary>Names that nobody reads are named, with the one that was probably meant.</summary>
    private void NameUnknown()
    {
        foreach (var file in _contents)
        {
            foreach (var entry in file.Entries)
            {
                if (entry.Name == PlatformSettings.EnvironmentFile.Name)
                {
                    _problems.Add(
                        SettingsProblem.Warning(
                            new("has no effect in a file: set it in the environment", "в файле не действует: задайте в окружении"),
                            entry.Name,
                            file.Path,
                            entry.Line
                        )
                    );
                }
                else if (!_catalogue.Knows(entry.Name))
                {
                    NameUnknown(entry, file.Path);
                }
            }
        }

        foreach (var name in _places.Environment.Keys.Where(name => !_catalogue.Knows(name)).Order(StringComparer.Ordinal))
        {
            NameUnknownVariable(name);
        }
    }

    /// <summary>The environment holds much that is not ours; only names that begin like ours are looked at.</summary>
    private void NameUnknownVariable(string name)
    {
        var family = name.IndexOf('_', StringComparison.Ordinal) is > 0 and var end ? name[..(end + 1)] : name;

        if (!_catalogue.Names.Any(known => known.StartsWith(family, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        var nearest = NameDistance.Nearest(name, _catalogue.Names);

        if (nearest is not null || family.Equals(OurFamily, StringComparison.OrdinalIgnoreCase))
        {
            _problems.Add(SettingsProblem.Warning(Unknown(nearest), name));
        }
    }

    private void NameUnknown(EnvironmentEntry entry, string file)
    {
        var nearest = NameDistance.Nearest(entry.Name, _catalogue.Names);

        // What does not look like a name may be a piece of a secret.
        var showable = nearest is not null || entry.Name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');
        _problems.Add(
            showable
                ? SettingsProblem.Warning(Unknown(nearest), entry.Name, file, entry.Line)
                : SettingsProblem.Warning(
                    new("this is no name of a setting, and is ignored", "это не имя настройки, строка пропущена"),
                    null,
                    file,
                    entry.Line
                )
        );
    }

    private static LocalizedText Unknown(string? nearest) =>
        nearest is null
            ? new("is not a setting of this program, and is ignored", "не является настройкой этой программы и пропущено")
            : new($"is not a setting: did you mean {nearest}?", $"нет такой настройки: возможно, имелось в виду {nearest}?");

    private sealed record Candidate(string Value, SettingPlace Place, bool Broken);
}
