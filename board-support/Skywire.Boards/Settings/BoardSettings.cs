// What an owner can set on the card, as types. Only SettingsReader makes one; what a mistake spoiled has its default here.
namespace Skywire.Boards.Settings;

/// <summary>Which services of the network a board uses.</summary>
public enum ServiceChoice
{
    /// <summary>Those of the box: boards on one wire serve each other.</summary>
    Box,

    /// <summary>Those of the public network.</summary>
    Public,

    /// <summary>The box's and the public ones.</summary>
    Both,

    /// <summary>Those named by their addresses.</summary>
    Custom,
}

/// <summary>The settings of one board.</summary>
public sealed record BoardSettings
{
    /// <summary>Mesh name of boards whose owner gave none.</summary>
    public const string DefaultMeshName = "skyminer";

    /// <summary>Name of the board; "" lets the board name itself after its key.</summary>
    public string Name { get; init; } = "";

    /// <summary>Public keys that may log in as root; none leaves ssh off.</summary>
    public IReadOnlyList<string> SshKeys { get; init; } = [];

    /// <summary>A fixed address; null asks the network (DHCP).</summary>
    public StaticNetwork? Network { get; init; }

    /// <summary>Country by whose rules the radio works, two capital letters; "" for the world's common ground.</summary>
    public string WifiCountry { get; init; } = "";

    /// <summary>Radios are used.</summary>
    public bool IsWifiOn { get; init; } = true;

    /// <summary>Number of the radio channel; 0 lets the board choose.</summary>
    public int WifiChannel { get; init; }

    /// <summary>Name of the network for people's devices; "" for none.</summary>
    public string WifiClientName { get; init; } = "";

    /// <summary>Its passphrase. Secret.</summary>
    public string WifiClientPassphrase { get; init; } = "";

    /// <summary>Name of the box: boards of one name and passphrase find each other.</summary>
    public string MeshName { get; init; } = DefaultMeshName;

    /// <summary>Passphrase of the box; "" is an open box. Secret.</summary>
    public string MeshPassphrase { get; init; } = "";

    /// <summary>The passphrase's line has a mistake: the box must not be opened to everybody because of it.</summary>
    public bool IsMeshSpoiled { get; init; }

    /// <summary>Which services are used.</summary>
    public ServiceChoice Services { get; init; }

    /// <summary>Addresses of services by their keys, for <see cref="ServiceChoice.Custom"/>.</summary>
    public IReadOnlyDictionary<string, string> ServiceUrls { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys of trusted setup nodes, for <see cref="ServiceChoice.Custom"/>.</summary>
    public IReadOnlyList<string> SetupNodes { get; init; } = [];

    /// <summary>Serve a SOCKS5 proxy to other visors; null follows <see cref="Services"/>: on in a box, off in public.</summary>
    public bool? Proxy { get; init; }

    /// <summary>Password of the local page; "" has one made on the board. Secret.</summary>
    public string PagePassword { get; init; } = "";

    /// <summary>Time zone of the board, "Area/City"; "" is UTC.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Which updates are taken: stable, testing or off.</summary>
    public string Update { get; init; } = "stable";

    /// <summary>Address of a feed, or of a folder of feeds; "" for none.</summary>
    public string UpdateFeed { get; init; } = "";

    /// <summary>Local time of day in which updates are installed, "02:00-05:00"; "" takes the usual one.</summary>
    public string UpdateWindow { get; init; } = "";

    /// <summary>Most kilobytes a second of a download; 0 for no limit.</summary>
    public int UpdateRateLimit { get; init; }

    /// <summary>Installed by itself. What a mistake spoiled does not install by itself.</summary>
    public bool UpdateAutomatic { get; init; } = true;

    /// <summary>Time servers; none uses the system's own.</summary>
    public IReadOnlyList<string> TimeServers { get; init; } = [];
}

/// <summary>A fixed address of the wired interface.</summary>
/// <param name="Address">Address with prefix length, "192.0.2.7/24".</param>
/// <param name="Gateway">Way to everywhere else; "" for none.</param>
/// <param name="NameServers">Name servers.</param>
public sealed record StaticNetwork(string Address, string Gateway, IReadOnlyList<string> NameServers);

/// <summary>One mistake in a settings file.</summary>
/// <param name="Line">Line from 1; 0 when it is no single line's.</param>
/// <param name="Key">The key; "" for none.</param>
/// <param name="Cause">What is wrong. Never holds a secret.</param>
/// <param name="Remedy">What to write instead; "" for nothing better than the cause.</param>
public sealed record SettingsMistake(int Line, string Key, string Cause, string Remedy);

/// <summary>Settings read from a file with what was wrong in it.</summary>
public sealed record SettingsReading(BoardSettings Settings, IReadOnlyList<SettingsMistake> Mistakes);
