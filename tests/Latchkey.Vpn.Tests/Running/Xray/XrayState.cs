using System.Collections.Concurrent;
using System.Diagnostics;

namespace Latchkey.Vpn.Tests.Running.Xray;

/// <summary>What an Xray has in memory, and how it answers. Names, numbers and texts are Xray's own.</summary>
internal sealed class XrayState
{
    public const string Inbound = "vless-reality";

    private const string Vision = "xtls-rprx-vision";
    private const int NotFound = 5;
    private const int Unknown = 2;
    private const int Unimplemented = 12;

    // Xray's map of e-mails is case-insensitive.
    public ConcurrentDictionary<string, EmulatedUser> Users { get; } = new(StringComparer.OrdinalIgnoreCase);

    public ConcurrentDictionary<string, (long Upload, long Download)> Counters { get; } = new(StringComparer.Ordinal);

    /// <summary>The addresses of those who are connected, by e-mail.</summary>
    public ConcurrentDictionary<string, string[]> Online { get; } = new(StringComparer.Ordinal);

    public required long StartedAt { get; init; }

    /// <summary>What older versions do not have.</summary>
    public HashSet<string> Missing { get; init; } = [];

    private long _allocated;

    public long Allocated
    {
        get => Volatile.Read(ref _allocated);
        init => _allocated = value;
    }

    public byte[] Answer(string method, byte[] request, out EmulatedCall call)
    {
        Interlocked.Add(ref _allocated, 1000);

        if (Missing.Contains(method))
            throw new RefusalException(Unimplemented, $"unknown method {method}");

        call = new EmulatedCall(method, "");

        switch (method)
        {
            case "HandlerService/AlterInbound":
                return Alter(request, out call);
            case "HandlerService/GetInboundUsers":
                return List(request);
            case "StatsService/GetSysStats":
                _ = WireMessage.Read(method, request);
                return new WireWriter()
                    .Number(4, Allocated)
                    .Number(6, Allocated / 50)
                    .Number(10, (long)Stopwatch.GetElapsedTime(StartedAt).TotalSeconds)
                    .ToArray();
            case "StatsService/GetStats":
                return new WireWriter().Message(1, Stat(ReadName(method, request))).ToArray();
            case "StatsService/QueryStats":
                return Query(ReadName(method, request));
            case "StatsService/GetAllOnlineUsers":
                _ = WireMessage.Read(method, request);
                return Online.Keys.Order().Aggregate(new WireWriter(), (answer, email) => answer.Text(1, OnlineName(email))).ToArray();
            case "StatsService/GetStatsOnlineIpList":
                return Addresses(ReadName(method, request));
            default:
                throw new ComplaintException($"Xray has no {method}");
        }
    }

    private byte[] Alter(byte[] bytes, out EmulatedCall call)
    {
        var request = WireMessage.Read("AlterInboundRequest", bytes, 1, 2);
        var operation = WireMessage.Read("TypedMessage", request.Bytes(2), 1, 2);
        var isAdd = operation.Text(1) == "xray.app.proxyman.command.AddUserOperation";

        if (!isAdd && operation.Text(1) != "xray.app.proxyman.command.RemoveUserOperation")
            throw new RefusalException(Unknown, $"unknown operation > {operation.Text(1)}");

        var user = isAdd ? ReadUser(operation.Bytes(2)) : null;
        var email = user?.Email ?? WireMessage.Read("RemoveUserOperation", operation.Bytes(2), 1).Text(1);
        call = new EmulatedCall(isAdd ? "add" : "remove", email);

        if (request.Text(1) != Inbound)
            throw new RefusalException(
                Unknown,
                $"failed to get handler: {request.Text(1)} > app/proxyman/inbound: handler not found: {request.Text(1)}"
            );
        if (email.Length == 0)
            throw new RefusalException(Unknown, "Email must not be empty.");
        if (user is not null && !Users.TryAdd(email, user))
            throw new RefusalException(Unknown, $"User {email} already exists.");
        if (user is null && !Users.TryRemove(email, out _))
            throw new RefusalException(Unknown, $"User {email} not found.");

        return [];
    }

    private static EmulatedUser ReadUser(byte[] operation)
    {
        var user = WireMessage.Read("User", WireMessage.Read("AddUserOperation", operation, 1).Bytes(1), 2, 3);
        var typed = WireMessage.Read("TypedMessage", user.Bytes(3), 1, 2);

        if (typed.Text(1) != "xray.proxy.vless.Account")
            throw new ComplaintException($"an account of the type {typed.Text(1)}");

        var account = WireMessage.Read("Account", typed.Bytes(2), 1, 2);

        if (!Guid.TryParseExact(account.Text(1), "D", out _))
            throw new ComplaintException($"the id {account.Text(1)}");
        if (account.Text(2) is not ("" or Vision))
            throw new ComplaintException($"the flow {account.Text(2)}");

        return new EmulatedUser(user.Text(2), account.Text(1), account.Text(2));
    }

    private byte[] List(byte[] bytes)
    {
        var request = WireMessage.Read("GetInboundUserRequest", bytes, 1, 2);

        if (request.Text(1) != Inbound)
            throw new RefusalException(Unknown, $"handler not found: {request.Text(1)}");

        return Users
            .Values.Aggregate(
                new WireWriter(),
                (answer, user) =>
                    answer.Message(
                        1,
                        new WireWriter()
                            .Text(2, user.Email)
                            .Message(
                                3,
                                new WireWriter()
                                    .Text(1, "xray.proxy.vless.Account")
                                    .Message(2, new WireWriter().Text(1, user.Id).Text(2, user.Flow).Text(3, "none"))
                            )
                    )
            )
            .ToArray();
    }

    private static string ReadName(string method, byte[] bytes)
    {
        var request = WireMessage.Read(method, bytes, 1, 2);

        // What is reset in the core is lost when the answer is.
        return request.Flag(2) ? throw new ComplaintException($"{method} that resets") : request.Text(1);
    }

    private byte[] Query(string pattern)
    {
        var answer = new WireWriter();

        foreach (var email in Counters.Keys)
        {
            foreach (var name in new[] { CounterName(email, "uplink"), CounterName(email, "downlink") })
            {
                if (name.Contains(pattern, StringComparison.Ordinal))
                    answer.Message(1, Stat(name));
            }
        }

        if ("inbound>>>vless-reality>>>traffic>>>uplink".Contains(pattern, StringComparison.Ordinal))
            answer.Message(1, new WireWriter().Text(1, "inbound>>>vless-reality>>>traffic>>>uplink").Number(2, 1));

        return answer.ToArray();
    }

    private WireWriter Stat(string name)
    {
        var parts = name.Split(">>>");

        return parts is ["user", var email, "traffic", "uplink" or "downlink"] && Counters.TryGetValue(email, out var counters)
            ? new WireWriter().Text(1, name).Number(2, parts[3] == "uplink" ? counters.Upload : counters.Download)
            : throw new RefusalException(NotFound, $"{name} not found.");
    }

    private byte[] Addresses(string name)
    {
        var answer = new WireWriter().Text(1, name);
        var email =
            Online.Keys.FirstOrDefault(one => OnlineName(one) == name) ?? throw new RefusalException(NotFound, $"{name} not found.");

        foreach (var address in Online[email])
            answer.Message(2, new WireWriter().Text(1, address).Number(2, 1_800_000_000));

        return answer.ToArray();
    }

    private static string OnlineName(string email) => $"user>>>{email}>>>online";

    private static string CounterName(string email, string direction) => $"user>>>{email}>>>traffic>>>{direction}";
}

/// <summary>Xray says no.</summary>
internal sealed class RefusalException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
