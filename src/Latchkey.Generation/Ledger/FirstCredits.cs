using Latchkey.Generation.Supabase;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Ledger;

/// <summary>What an owner who has no budget yet may spend. Keys are made by the operator; users make themselves.</summary>
internal sealed class FirstCredits(LatchkeySettings settings)
{
    private readonly long? _ofUsers = settings.IsSet(SupabaseSettings.UserCredits) ? settings.Long(SupabaseSettings.UserCredits) : null;

    /// <returns>Credits; <c>null</c>: any number.</returns>
    public long? Of(string ownerId) => Guid.TryParseExact(ownerId, "D", out _) ? _ofUsers : null;
}
