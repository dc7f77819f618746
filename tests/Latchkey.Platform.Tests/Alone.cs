using Xunit;

namespace Latchkey.Platform.Tests;

/// <summary>Tests that measure the whole process, so that no other test may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "Alone";
}
