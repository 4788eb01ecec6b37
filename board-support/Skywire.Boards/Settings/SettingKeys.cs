// Every key of skyminer.conf in one table: the parser, the hints and the documented sample are made from it, so that none of them is ever behind.
namespace Skywire.Boards.Settings;

/// <summary>One key.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Example">A good value, shown in the sample and in hints.</param>
/// <param name="Expected">What it may be, in words that follow "expected".</param>
/// <param name="Rule">Null for a good value, else the fault.</param>
/// <param name="Explanation">Lines of the sample above it.</param>
internal sealed record SettingKey(string Name, string Example, string Expected, Func<string, string?> Rule, params string[] Explanation)
{
    /// <summary>May stand on several lines.</summary>
    public bool Repeats { get; init; }

    /// <summary>Its value is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The key and value on which it depends, "network = static"; "" for none.</summary>
    public string OnlyWith { get; init; } = "";
}

internal static class SettingKeys
{
    public const string Name = "name";
    public const string SshKey = "ssh_key";
    public const string Network = "network";
    public const string Address = "address";
    public const string Gateway = "gateway";
    public const string NameServers = "dns";
    public const string Wifi = "wifi";
    public const string WifiCountry = "wifi_country";
    public const string WifiChannel = "wifi_channel";
    public const string WifiClientName = "wifi_client_name";
    public const string WifiClientPassphrase = "wifi_client_passphrase";
    public const string MeshName = "mesh_name";
    public const string MeshPassphrase = "mesh_passphrase";
    public const string Services = "services";
    public const string SetupNode = "setup_node";
    public const string Proxy = "proxy";
    public const string PagePassword = "page_password";
    public const string TimeZone = "timezone";
    public const string TimeServers = "ntp";

    public const string Update = "update";
    public const string UpdateFeed = "update_feed";
    public const string UpdateWindow = "update_window";
    public const string UpdateRateLimit = "update_rate_limit";
    public const string UpdateAutomatic = "update_automatic";

    private const string OnlyStatic = "network = static";
    private const string OnlyCustom = "services = custom";

    /// <summary>Keys of service addresses; the visor's configuration calls them the same.</summary>
    public static IReadOnlyList<string> ServiceUrls { get; } = ["dmsg_discovery", "transport_discovery", "address_resolver", "route_finder", "service_discovery", "uptime_tracker"];

    /// <summary>All keys by groups of the sample.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<SettingKey> Keys)> Groups { get; } =
    [
        ("This board",
        [
            new(Name, "attic", "letters, digits and dashes", SettingRules.HostName, "What you call this board. Without it, it is called skyminer- and the last 6 digits of its key."),
            new(SshKey, "ssh-ed25519 AAAA... me@laptop", "a line of your id_ed25519.pub", SettingRules.SshKey, "Your ssh public key; may be repeated. Then \"ssh root@ADDRESS\" works. Without a key, ssh is off; there is no password.") { Repeats = true },
            new(PagePassword, "a good long password", "10 to 128 characters", SettingRules.Password, "Password of the local page (any user name). Without it, the board makes one and shows it on the console only.") { IsSecret = true },
            new(TimeZone, "Europe/Berlin", "a name like Europe/Berlin", SettingRules.TimeZone, "Time zone of logs. Without it: UTC."),
            new(TimeServers, "192.0.2.5, ntp.example.org", "host names or addresses", SettingRules.Hosts, "Time servers, for a network that does not reach the usual ones."),
        ]),
        ("Network",
        [
            new(Network, "static", "dhcp or static", SettingRules.OneOf("dhcp", "static"), "dhcp (the usual): your router gives the address. static: the next three lines do."),
            new(Address, "192.168.1.20/24", "an address with prefix length", SettingRules.AddressWithPrefix, "Address and prefix length.") { OnlyWith = OnlyStatic },
            new(Gateway, "192.168.1.1", "an address", SettingRules.Address, "Your router.") { OnlyWith = OnlyStatic },
            new(NameServers, "192.168.1.1, 9.9.9.9", "addresses", SettingRules.Addresses, "Name servers.") { OnlyWith = OnlyStatic },
        ]),
        ("Radio",
        [
            new(WifiCountry, "DE", "two letters", SettingRules.Country, "The country the board stands in: decides which radio channels may be used, and how strongly. Without it: what is allowed everywhere."),
            new(Wifi, "auto", "auto or off", SettingRules.OneOf("auto", "off"), "auto (the usual): radios link this board to others with the same mesh name and passphrase; without a passphrase, none does. off: radios stay silent."),
            new(WifiChannel, "6", "auto or the number of a channel, 1 to 14 or 36 to 177", SettingRules.WifiChannel, "auto (the usual): the channel on which the others are heard. A number, the same on every board, where that one is too busy."),
            new(WifiClientName, "attic", "1 to 32 characters of plain text", SettingRules.NetworkName, "A network for phones and laptops, by a radio that is left over or can do both; the board's page is at http://10.78.0.1:8000 there. Without a name: none."),
            new(WifiClientPassphrase, "a password for guests", "8 to 63 characters without accents", SettingRules.WifiPassphrase, "Its password; there is no open one.") { IsSecret = true },
        ]),
        ("Mesh",
        [
            new(MeshName, "home", "letters, digits, '-', '_' and '.', at most 32", SettingRules.MeshName, $"Boards with the same mesh name and passphrase find each other. Without it: {BoardSettings.DefaultMeshName}."),
            new(MeshPassphrase, "the same long sentence on every board", "8 to 63 characters", SettingRules.Passphrase, "Keeps other people's boards out. Without it the mesh is open to every board on the wire.") { IsSecret = true },
            new(Services, "box", "box, public, both or custom", SettingRules.OneOf("box", "public", "both", "custom"),
                "Whose services are used:", "  box     the boards on one wire serve each other, no internet is needed (the usual)", "  public  those of the public Skywire network", "  both    the box's, and the public ones", "  custom  those named by the lines below"),
            .. ServiceUrls.Select((key, i) => new SettingKey(key, $"http://192.0.2.1:{9090 + i}", "a web address", SettingRules.Url) { OnlyWith = OnlyCustom }),
            new(SetupNode, "02...", "a public key of 66 hex digits", SettingRules.PublicKey, "Key of a trusted setup node; may be repeated.") { Repeats = true, OnlyWith = OnlyCustom },
            new(Proxy, "on", "on or off", SettingRules.OneOf("on", "off"), "Let other visors reach the network behind this board (SOCKS5). Without it: on with services = box, else off."),
        ]),
        ("Updates",
        [
            new(Update, "stable", "stable, testing or off", SettingRules.OneOf("stable", "testing", "off"), "stable (the usual): releases. testing: what comes before them. off: only what you bring yourself."),
            new(UpdateFeed, "https://updates.example.org/skyminer/", "a web address", SettingRules.Url, "Where updates are; a folder of feeds when it ends in \"/\". Without it: the other boards of the box, files and USB sticks."),
            new(UpdateAutomatic, "off", "on or off", SettingRules.OneOf("on", "off"), "on (the usual): installed by itself at night. off: \"skywire update install\" or the page does it."),
            new(UpdateWindow, "02:00-05:00", "a time of day from-to, as 02:00-05:00", SettingRules.Window, "When, in the time zone above."),
            new(UpdateRateLimit, "500", "kilobytes a second, 0 to 1000000", SettingRules.RateLimit, "Most a download may take of your line. Without it: no limit."),
        ]),
    ];

    /// <summary>All keys.</summary>
    public static IReadOnlyList<SettingKey> All { get; } = [.. Groups.SelectMany(g => g.Keys)];

    /// <summary>The key of a name; null when unknown.</summary>
    public static SettingKey? Find(string name) => All.FirstOrDefault(k => k.Name == name);
}
