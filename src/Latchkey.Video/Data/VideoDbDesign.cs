using Latchkey.Platform.Data;

namespace Latchkey.Video.Data;

/// <summary>For <c>dotnet ef</c> only.</summary>
internal sealed class VideoDbDesign() : DesignTimeFactory<VideoDb>(VideoModule.Prefix, options => new VideoDb(options));
