using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Access;

internal static class AccessServices
{
    /// <summary>What the command line needs too: no hosted service among it.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<KeyUses>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton(at => new ApiKeyDirectory(Databases(at), at.GetRequiredService<KeyUses>(), Time(at)));
        services.AddSingleton(at => new ApiKeys(Databases(at), at.GetRequiredService<ApiKeyDirectory>(), Time(at)));
        services.AddSingleton(at => new AccessTokens(
            Databases(at),
            at.GetRequiredService<SigningKeys>(),
            at.GetRequiredService<ApiKeyDirectory>(),
            Time(at)
        ));

        return services;
    }

    public static IServiceCollection AddAccessAtStart(this IServiceCollection services)
    {
        services.AddSingleton(at => new FirstKey(
            Databases(at),
            at.GetRequiredService<ApiKeys>(),
            at.GetRequiredService<ApiKeyDirectory>(),
            at.GetRequiredService<LatchkeySettings>(),
            Time(at),
            at.GetRequiredService<ILogger<FirstKey>>()
        ));
        services.AddHostedService(at => at.GetRequiredService<FirstKey>());
        services.AddHostedService(at => at.GetRequiredService<KeyUses>());

        return services;
    }

    private static IDbContextFactory<PlatformDb> Databases(IServiceProvider at) => at.GetRequiredService<IDbContextFactory<PlatformDb>>();

    private static TimeProvider Time(IServiceProvider at) => at.GetRequiredService<TimeProvider>();
}
