using Latchkey.Platform.Access;

namespace Latchkey.Video.Authentication;

/// <summary>Who makes this request; set before a handler runs.</summary>
internal sealed class CurrentCaller
{
    private Caller? _caller;

    public KeyEnvironment Environment => Value.Environment;

    public Caller Value
    {
        get => _caller ?? throw new InvalidOperationException("The route is not behind the authentication.");
        set => _caller = value;
    }
}
