using Latchkey.Generation.Supabase;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>All four vendors, and a Supabase project, on loopback.</summary>
internal sealed class EmulatorSet : IAsyncDisposable
{
    private EmulatorSet(KieEmulator kie, FalEmulator fal, OpenAiEmulator openAi, LaoZhangEmulator laoZhang, SupabaseEmulator supabase) =>
        (Kie, Fal, OpenAi, LaoZhang, Supabase) = (kie, fal, openAi, laoZhang, supabase);

    public KieEmulator Kie { get; }

    public FalEmulator Fal { get; }

    public OpenAiEmulator OpenAi { get; }

    public LaoZhangEmulator LaoZhang { get; }

    public SupabaseEmulator Supabase { get; }

    public bool AreIdle => All.All(emulator => emulator.IsIdle);

    public IReadOnlyList<string> Complaints => [.. All.SelectMany(emulator => emulator.Complaints)];

    /// <summary>Well-behaved vendors that have never been asked for anything.</summary>
    public void Reset()
    {
        foreach (var emulator in All)
            emulator.Reset();

        LaoZhang.FinishReason = null;
        Kie.HmacKey = null;
        Supabase.ResetProject();
    }

    private IEnumerable<Emulator> All => [Kie, Fal, OpenAi, LaoZhang, Supabase];

    public static async Task<EmulatorSet> StartAsync(TimeProvider time) =>
        new(
            await Emulator.StartAsync(new KieEmulator(time)),
            await Emulator.StartAsync(new FalEmulator(time)),
            await Emulator.StartAsync(new OpenAiEmulator(time)),
            await Emulator.StartAsync(new LaoZhangEmulator(time)),
            await Emulator.StartAsync(new SupabaseEmulator(time))
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

    /// <summary>A whole configuration; each of them can be set otherwise after it.</summary>
    public IEnumerable<(Setting, string)> ProjectSettings() =>
        [
            (SupabaseSettings.Url, Supabase.Address),
            (SupabaseSettings.ServiceKey, SupabaseEmulator.ServiceKey),
            (SupabaseSettings.JwtSecret, SupabaseTokens.Secret),
        ];

    public async ValueTask DisposeAsync()
    {
        foreach (var emulator in All)
            await emulator.DisposeAsync();
    }
}
