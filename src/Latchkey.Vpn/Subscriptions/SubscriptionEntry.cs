using Latchkey.Vpn.Links;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>A line of a subscription: a server, or a notice that looks like one.</summary>
/// <param name="Label">What the app shows; no two are alike.</param>
/// <param name="Server"><c>null</c> for a notice.</param>
internal sealed record SubscriptionEntry(string Label, KeyLink? Server)
{
    /// <summary>Where notices lead: nowhere, and at once.</summary>
    public const string NoHost = "127.0.0.1";

    public const int NoPort = 1;

    public const string NoUser = "00000000-0000-0000-0000-000000000000";

    public string Link =>
        Server?.Link ?? $"vless://{NoUser}@{NoHost}:{NoPort}?type=tcp&security=none&encryption=none#{Uri.EscapeDataString(Label)}";

    /// <summary>
    /// The servers of a key, and before them a notice where the key does not work. Panels do this in three ways: an error (apps then keep what
    /// they have, and say nothing), a notice in place of the servers, or the servers as ever. Here it is both of the last two. The user sees
    /// why nothing works, and a key that is paid for again, or begins a new period, works at once: many users never press "update". The links
    /// open nothing meanwhile, since the core does not let the key in.
    /// </summary>
    public static IReadOnlyList<SubscriptionEntry> Of(IReadOnlyList<KeyLink> servers, string? notice)
    {
        var entries = servers.Select(server => new SubscriptionEntry(server.Label, server));

        return notice is null ? [.. entries] : [new SubscriptionEntry(notice, null), .. entries];
    }

    /// <summary>The same with labels that none of the given names has, since a format uses those for itself.</summary>
    public static IReadOnlyList<SubscriptionEntry> Apart(IReadOnlyList<SubscriptionEntry> entries, params string[] names)
    {
        var taken = names.ToHashSet(StringComparer.OrdinalIgnoreCase);

        return [.. entries.Select(entry => entry with { Label = Free(entry.Label) })];

        string Free(string label)
        {
            var free = label;

            for (var number = 2; !taken.Add(free); number++)
                free = $"{label} ({number})";

            return free;
        }
    }
}
