using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Latchkey.Video.Api;

/// <summary>How this API writes JSON. The Node client takes no content type but exactly this one, without a charset.</summary>
internal static class ApiJson
{
    public const string ContentType = "application/json";

    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // Answers are never put into HTML, and clients show <iframe …> as it comes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new AtomDateConverter() },
    };

    public static JsonHttpResult<T> Ok<T>(T value) => Write(value, StatusCodes.Status200OK);

    public static JsonHttpResult<T> Created<T>(T value) => Write(value, StatusCodes.Status201Created);

    public static JsonHttpResult<T> Accepted<T>(T value) => Write(value, StatusCodes.Status202Accepted);

    private static JsonHttpResult<T> Write<T>(T value, int status) => TypedResults.Json(value, Options, ContentType, status);

    private sealed class AtomDateConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Dates.TryRead(reader.GetString(), out var date) ? date : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Dates.Write(value));
    }
}
