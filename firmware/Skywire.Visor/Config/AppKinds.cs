// The kinds of app a visor can run, with their usual ports (spec 14 §1) and settings.
namespace Skywire.Visor.Config;

/// <summary>One setting of a kind.</summary>
internal sealed record AppSetting(string Name, string Expected, string Example, Func<string, string?> Rule, bool Required = false);

/// <summary>One kind.</summary>
internal sealed record AppKind(string Name, ushort Port, string Meaning, params AppSetting[] Settings);

internal static class AppKinds
{
    public const string Skysocks = "skysocks";
    public const string SkysocksClient = "skysocks-client";

    /// <summary>Clients of the proxy reach everything this machine reaches, as with the reference.</summary>
    public const string EgressAll = "all";

    /// <summary>Clients of the proxy reach neither this machine nor its local network.</summary>
    public const string EgressPublic = "public";

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<AppKind> All { get; } =
    [
        new(Skysocks, 3, "SOCKS5 proxy for other visors",
            new AppSetting("passcode", "a text", "open-sesame", ValueRules.NotEmpty),
            new AppSetting("egress", "\"all\" or \"public\"", EgressPublic, static text => text is EgressAll or EgressPublic ? null : $"is \"{text}\"")),
        new(SkysocksClient, 13, "local SOCKS5 port that leads through another visor's proxy",
            new AppSetting("server", "a public key of 66 hex digits", "02...", ValueRules.Key, Required: true),
            new AppSetting("server_port", "a port from 1 to 65535", "3", ValueRules.Port),
            new AppSetting("listen", "IP address:port", "127.0.0.1:1080", ValueRules.Listen)),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(k => k.Name)];

    /// <summary>The kind of a name; null when unknown.</summary>
    public static AppKind? Find(string name) => All.FirstOrDefault(k => k.Name == name);
}
