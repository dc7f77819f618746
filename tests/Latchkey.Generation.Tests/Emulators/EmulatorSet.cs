using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>All four vendors, on loopback.</summary>
internal sealed class EmulatorSet : IAsyncDisposable
{
    private EmulatorSet(KieEmulator kie, FalEmulator fal, OpenAiEmulator openAi, LaoZhangEmulator laoZhang) =>
        (Kie, Fal, OpenAi, LaoZhang) = (kie, fal, openAi, laoZhang);

    public KieEmulator Kie { get; }

    public FalEmulator Fal { get; }

    public OpenAiEmulator OpenAi { get; }

    public LaoZhangEmulator LaoZhang { get; }

    public bool AreIdle => All.All(emulator => emulator.IsIdle);

    public IReadOnlyList<string> Complaints => [.. All.SelectMany(emulator => emulator.Complaints)];

    /// <summary>Well-behaved vendors that have never been asked for anything.</summary>
    public void Reset()
    {
        foreach (var emulator in All)
            emulator.Reset();

        LaoZhang.FinishReason = null;
        Kie.HmacKey = null;
    }

    private IEnumerable<Emulator> All => [Kie, Fal, OpenAi, LaoZhang];

    public static async Task<EmulatorSet> StartAsync(TimeProvider time) =>
        new(
            await Emulator.StartAsync(new KieEmulator(time)),
            await Emulator.StartAsync(new FalEmulator(time)),
            await Emulator.StartAsync(new OpenAiEmulator(time)),
            await Emulator.StartAsync(new LaoZhangEmulator(time))
        );

    public IEnumerable<(Setting, string)> Settings(bool withKeys)
    {
        yield return (GenerationSettings.KieUrl, Kie.Address);
        yield return (GenerationSettings.KieUploadUrl, Kie.Address);
        yield return (GenerationSettings.FalQueueUrl, Fal.Address);
        yield return (GenerationSettings.FalRestUrl, Fal.Address);
        yield return (GenerationSettings.FalJwksUrl, Fal.Address + "/.well-known/jwks.json");
        yield return (GenerationSettings.OpenAiUrl, OpenAi.Address + "/v1");
        yield return (GenerationSettings.LaoZhangUrl, LaoZhang.Address);
        yield return (GenerationSettings.KlingO3, "true");

        if (!withKeys)
            yield break;

        yield return (GenerationSettings.KieKey, Emulator.GoodKey);
        yield return (GenerationSettings.FalKey, Emulator.GoodKey);
        yield return (GenerationSettings.OpenAiKey, Emulator.GoodKey);
        yield return (GenerationSettings.LaoZhangKey, Emulator.GoodKey);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var emulator in All)
            await emulator.DisposeAsync();
    }
}
