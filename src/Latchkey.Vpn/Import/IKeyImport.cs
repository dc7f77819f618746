using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Vpn.Import;

/// <summary>Takes over the keys of another panel from its SQLite database, which is only read.</summary>
public interface IKeyImport
{
    /// <param name="path">The database file; what stands in a <c>-wal</c> file beside it counts.</param>
    /// <param name="source">Whose it is; <c>null</c> to find that out by its tables.</param>
    /// <param name="isDryRun">Only says what would be done.</param>
    /// <exception cref="ImportException">The file cannot be read as such a database.</exception>
    Task<ImportSummary> ImportAsync(string path, ImportSource? source, bool isDryRun, CancellationToken cancellation);
}

public enum ImportSource
{
    Veil,
    Marzban,
    ThreeXUi,
}

/// <param name="Imported">Keys that are new.</param>
/// <param name="AlreadyThere">Keys whose UUID was there already; they stay as they are.</param>
/// <param name="RenumberedFrom">The source's numbers that were taken, so that these keys got new ones.</param>
/// <param name="Left">Rows that could not be taken over.</param>
/// <param name="Remarks">What is otherwise than it was there.</param>
public sealed record ImportSummary(
    ImportSource Source,
    int Imported,
    int AlreadyThere,
    IReadOnlyList<long> RenumberedFrom,
    IReadOnlyList<ImportProblem> Left,
    IReadOnlyList<LocalizedText> Remarks
);

/// <param name="Row">Which row, as the source's own people would find it.</param>
public sealed record ImportProblem(string Row, LocalizedText Reason);

/// <summary>Nothing was imported.</summary>
public sealed class ImportException(LocalizedText problem, Exception? cause = null) : Exception(problem.English, cause)
{
    /// <summary>Why, for people.</summary>
    public LocalizedText Problem { get; } = problem;
}

public static class VpnDataServices
{
    /// <summary>For the command line, which has the database and nothing else of the module.</summary>
    public static void AddVpnData(this IServiceCollection services, LatchkeySettings settings)
    {
        services.AddModuleDb<VpnDb>(VpnModule.Prefix);
        services.AddSingleton<IKeyImport>(at => new KeyImport(
            at.GetRequiredService<IDbContextFactory<VpnDb>>(),
            settings[LinkSettings.ShortId]!,
            at.GetRequiredService<TimeProvider>()
        ));
    }
}
