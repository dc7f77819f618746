using System.Diagnostics;
using Latchkey.Platform.Files;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>Small clips, made by ffmpeg when a test asks for them, and ffprobe's view of what we made of them.</summary>
internal sealed class TestMedia : IDisposable
{
    public static readonly FfmpegRunner Ffmpeg = new(new FfmpegOptions { Threads = 2, UrgentThreads = 2 }, TimeProvider.System);

    public const string Picture = "-f lavfi -i testsrc2=s=640x360:r={0}:d={1}";
    public const string Tone = "-f lavfi -i sine=440:r={0}:d={1}";

    public ScratchFolder Scratch { get; } = new(Directory.CreateTempSubdirectory("latchkey-media-").FullName);

    public void Dispose() => Scratch.Dispose();

    /// <summary>Runs ffmpeg with space-separated arguments; the clip is the last.</summary>
    public async Task<LocalFile> MakeAsync(string arguments, string name)
    {
        var path = Scratch.File(name);
        await RunAsync("ffmpeg", $"-v error -y {arguments} {path}");
        return new LocalFile(path);
    }

    /// <summary>Runs ffmpeg with each of the arguments, in which <c>@name</c> is a file of this folder.</summary>
    public async Task<LocalFile> MakeAsync(string name, params string[] commands)
    {
        foreach (var command in commands)
        {
            await RunAsync(
                "ffmpeg",
                "-v error -nostdin -y -threads 2 " + command.Replace("@", Scratch.Path + "/", StringComparison.Ordinal)
            );
        }

        return new LocalFile(Scratch.File(name));
    }

    public async Task<EncodingPlan> PlanAsync(LocalFile source, PlanOptions? options = null) =>
        PlanMaker.Make(await new SourceIndexer(Ffmpeg).IndexAsync(source.Input, default), options ?? new PlanOptions());

    /// <summary>Makes segments in the runs given, and keeps them by rendition and file name.</summary>
    public Task<string> SegmentsAsync(LocalFile source, EncodingPlan plan, string rendition, params (int From, int To)[] runs) =>
        SegmentsAsync(source.Input, plan, rendition, runs);

    public async Task<string> SegmentsAsync(SourceInput source, EncodingPlan plan, string rendition, params (int From, int To)[] runs)
    {
        var folder = Scratch.File($"{rendition}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        var maker = new SegmentMaker(Ffmpeg);
        var inits = new Dictionary<string, ReadOnlyMemory<byte>>();

        foreach (var (from, to) in runs)
        {
            using var scratch = new ScratchFolder(Directory.CreateTempSubdirectory("latchkey-run-").FullName);
            var request = new RunRequest([rendition], from, to, RunPriority.Background) { KnownInits = inits };

            await maker.MakeAsync(
                plan,
                source,
                request,
                scratch,
                made =>
                {
                    File.Move(made.Path, Path.Combine(folder, made.FileName));
                    return ValueTask.CompletedTask;
                },
                default
            );

            inits[rendition] = await File.ReadAllBytesAsync(Path.Combine(folder, MadeSegment.InitName));
        }

        return folder;
    }

    /// <summary>Makes segments of all renditions in the runs given, and joins each rendition to one file.</summary>
    /// <returns>The files by rendition.</returns>
    public async Task<Dictionary<string, string>> MakeSegmentsAsync(LocalFile source, EncodingPlan plan, params (int From, int To)[] runs)
    {
        string[] renditions = [.. plan.Video.Select(video => video.Name), .. plan.AudioGroup().Select(audio => audio.Folder)];
        var folders = renditions.ToDictionary(name => name, name => Scratch.File($"{name}-{Guid.NewGuid():N}"));
        var inits = new Dictionary<string, ReadOnlyMemory<byte>>();
        var maker = new SegmentMaker(Ffmpeg);

        foreach (var folder in folders.Values)
        {
            Directory.CreateDirectory(folder);
        }

        foreach (var (from, to) in runs)
        {
            using var scratch = new ScratchFolder(Directory.CreateTempSubdirectory("latchkey-run-").FullName);

            // A run checks that its init segments equal those of the first.
            await maker.MakeAsync(
                plan,
                source.Input,
                new RunRequest(renditions, from, to, RunPriority.Waited) { KnownInits = inits },
                scratch,
                made =>
                {
                    File.Move(made.Path, Path.Combine(folders[made.Rendition], made.FileName));
                    return ValueTask.CompletedTask;
                },
                default
            );

            foreach (var (name, folder) in folders)
            {
                inits[name] = await File.ReadAllBytesAsync(Path.Combine(folder, MadeSegment.InitName));
            }
        }

        var joined = new Dictionary<string, string>();

        foreach (var (name, folder) in folders)
        {
            joined[name] = await JoinAsync(folder, plan);
        }

        return joined;
    }

    /// <summary>The rendition as one file.</summary>
    public async Task<string> JoinAsync(string folder, EncodingPlan plan)
    {
        var joined = folder + ".mp4";
        await using var output = File.Create(joined);

        foreach (var name in Enumerable.Range(0, plan.SegmentCount).Select(MadeSegment.NameOf).Prepend(MadeSegment.InitName))
        {
            await using var part = File.OpenRead(Path.Combine(folder, name));
            await part.CopyToAsync(output);
        }

        return joined;
    }

    /// <summary>Presentation times in seconds, rising.</summary>
    public static async Task<double[]> TimesAsync(string path, string stream = "v:0")
    {
        var text = await RunAsync("ffprobe", $"-v error -select_streams {stream} -show_entries packet=pts_time,flags -of csv=p=0 {path}");

        return
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(','))
                .Where(fields => !fields[1].Contains('D', StringComparison.Ordinal))
                .Select(fields => double.Parse(fields[0], System.Globalization.CultureInfo.InvariantCulture))
                .Order(),
        ];
    }

    /// <summary>Times of decoded frames, in seconds: what is really shown.</summary>
    public static async Task<string[]> FramesAsync(string path, string filter) =>
        (await RunAsync("ffmpeg", $"-v error -i {path} -vf {filter} -an -f framemd5 -"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(',')[^1].Trim())
            .ToArray();

    public static async Task<string> RunAsync(string program, string arguments) => (await StartAsync(program, arguments)).Output;

    public static async Task<string> ErrorsAsync(string program, string arguments) => (await StartAsync(program, arguments)).Errors;

    /// <summary>What a program writes; it must not complain.</summary>
    public static async Task<byte[]> BytesAsync(string program, string arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        using var output = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();

        return process.ExitCode == 0 && (await errors).Length == 0
            ? output.ToArray()
            : throw new InvalidOperationException($"{program} {arguments}: {await errors}");
    }

    private static async Task<(string Output, string Errors)> StartAsync(string program, string arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        return process.ExitCode == 0
            ? (await output, await errors)
            : throw new InvalidOperationException($"{program} {arguments}: {await errors}");
    }
}

/// <summary>A local file as the file store would give it.</summary>
internal sealed class LocalFile(string path) : IStoredFileReader
{
    public string Path { get; } = path;

    public StoredFile File { get; } =
        new(path, new FileInfo(path).Length, new DateTimeOffset(System.IO.File.GetLastWriteTimeUtc(path), TimeSpan.Zero));

    public SourceInput Input => new(this, Path);

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        using var handle = System.IO.File.OpenHandle(Path);
        return await RandomAccess.ReadAsync(handle, buffer, offset, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
