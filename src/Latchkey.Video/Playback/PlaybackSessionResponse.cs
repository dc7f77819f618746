using System.Text.Json.Serialization;

namespace Latchkey.Video.Playback;

/// <param name="SessionToken">To be sent as <c>?avh=</c> with requests that cannot be recognised otherwise.</param>
public sealed record PlaybackSessionResponse([property: JsonPropertyName("session_token")] string SessionToken);
