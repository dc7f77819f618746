using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Latchkey.Video.Encoding;

/// <summary>The plan as it is stored with the encoding row: compact, since a film of ten hours has 10,000 segments.</summary>
internal static class EncodingPlanJson
{
    public static string Write(EncodingPlan plan) => JsonSerializer.Serialize(plan, EncodingPlanContext.Default.EncodingPlan);

    public static EncodingPlan Read(string json) =>
        JsonSerializer.Deserialize(json, EncodingPlanContext.Default.EncodingPlan) ?? throw new JsonException("There is no plan.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(RunLengthConverter)]
)]
[JsonSerializable(typeof(EncodingPlan))]
internal sealed partial class EncodingPlanContext : JsonSerializerContext;

/// <summary>A list of numbers as one string: the differences from each to the next, and how often each repeats, such as <c>0 120120*149 60060</c>.</summary>
internal sealed class RunLengthConverter : JsonConverter<IReadOnlyList<long>>
{
    private const int Most = 1_000_000;

    public override IReadOnlyList<long> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var numbers = new List<long>();
        long last = 0;

        foreach (var run in (reader.GetString() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var star = run.IndexOf('*', StringComparison.Ordinal);
            var step = long.Parse(star < 0 ? run : run.AsSpan(0, star), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            var times = star < 0 ? 1 : int.Parse(run.AsSpan(star + 1), NumberStyles.None, CultureInfo.InvariantCulture);

            if (numbers.Count + (long)times > Most)
            {
                throw new JsonException("A list is too long.");
            }

            for (var i = 0; i < times; i++)
            {
                numbers.Add(last += step);
            }
        }

        return [.. numbers];
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<long> value, JsonSerializerOptions options)
    {
        var text = new StringBuilder();
        long last = 0;

        for (var i = 0; i < value.Count; )
        {
            var step = value[i] - last;
            var times = 0;

            while (i < value.Count && value[i] - last == step)
            {
                last = value[i++];
                times++;
            }

            text.Append(text.Length > 0 ? " " : "").Append(CultureInfo.InvariantCulture, $"{step}");
            text.Append(times > 1 ? string.Create(CultureInfo.InvariantCulture, $"*{times}") : "");
        }

        writer.WriteStringValue(text.ToString());
    }
}
