using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Vpn.Core;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>A program called <c>xray</c> that notes what it is asked, and answers as the test wants it to. A real one cannot be had everywhere.</summary>
internal sealed class FakeXray : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    /// <param name="script">Shell commands, after the call has been noted.</param>
    public FakeXray(string script = "")
    {
        Path = _folder.File("xray");
        File.WriteAllText(Path, $"#!/bin/sh\necho \"$@\" >> '{Notes}'\n{script}\n");
        File.SetUnixFileMode(Path, Executable);
    }

    public string Path { get; }

    public CoreBinary Binary => new(Path, CoreKind.Xray);

    /// <summary>The arguments of each call.</summary>
    public IReadOnlyList<string> Calls => File.Exists(Notes) ? File.ReadAllLines(Notes) : [];

    private string Notes => _folder.File("calls");

    public void Dispose() => _folder.Dispose();

    public LatchkeySettings Settings(params (Setting Setting, string Value)[] others) =>
        new(
            others.Append((CoreSettings.BinaryPath, Path)).ToDictionary(pair => pair.Item1.Name, pair => pair.Item2, StringComparer.Ordinal)
        );
}
