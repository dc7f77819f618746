using Latchkey.Platform.Data;

namespace Latchkey.Generation.Data;

/// <summary>For <c>dotnet ef</c> only.</summary>
internal sealed class GenerationDbDesign() : DesignTimeFactory<GenerationDb>(GenerationModule.Prefix, options => new GenerationDb(options));
