namespace Latchkey.Generation.Providers;

internal static class ProviderNames
{
    public const string Kie = "kie";
    public const string LaoZhang = "laozhang";
    public const string Fal = "fal";
    public const string OpenAi = "openai";
    public const string Sandbox = "sandbox";

    public static readonly IReadOnlyList<string> All = [Kie, LaoZhang, Fal, OpenAi, Sandbox];
}
