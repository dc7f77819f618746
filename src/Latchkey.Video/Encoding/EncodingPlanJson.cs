namespace Latchkey.Video.Encoding;

/// <summary>The plan as it is stored with the encoding row: compact, since a film of ten hours has 10,000 segments.</summary>
internal static class EncodingPlanJson
{
    public static string Write(EncodingPlan plan) => throw new NotSupportedException();

    public static EncodingPlan Read(string json) => throw new NotSupportedException();
}
