using Latchkey.Testing;
using Latchkey.Video.Ffmpeg;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Latchkey.Video.Tests.Ffmpeg;

/// <summary>A script in place of ffmpeg: it misbehaves where it would write a file of a given name, and is the real one otherwise.</summary>
internal sealed class FakeFfmpeg : IDisposable
{
    /// <summary>Long enough for the real one on a busy machine, short enough to be waited for twice.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TemporaryFolder _folder = new();

    /// <param name="misbehaviour">Shell; <c>$out</c> is the file to write, <c>$once</c> a file that is not there the first time.</param>
    public FakeFfmpeg(string misbehaviour, string whenWriting)
    {
        File.WriteAllText(
            Program,
            $"""
            #!/bin/bash
            once={_folder.File("once")}
            echo "$$" >> {Started}
            for argument; do
              case "$argument" in
                file:*{whenWriting}*)
                  out=$(sed s/^file:// <<< "$argument")
                  {misbehaviour}
                  ;;
              esac
            done
            exec ffmpeg "$@"

            """
        );

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private string Program => _folder.File("ffmpeg");

    private string Started => _folder.File("started");

    public FfmpegOptions Options => new() { Ffmpeg = Program, Patience = Patience };

    public int StartedCount => File.ReadAllLines(Started).Length;

    /// <summary>Of all that were started, those that still run.</summary>
    public IReadOnlyList<string> Running => [.. File.ReadAllLines(Started).Where(id => Directory.Exists($"/proc/{id}"))];

    public void Replace(IHostApplicationBuilder builder) => builder.Services.Replace(ServiceDescriptor.Singleton(Options));

    public void Dispose() => _folder.Dispose();
}
