// The configuration file as types. Names on disk are these in snake_case; ConfigSchema says what each may hold.
using Skywire.Crypto;

namespace Skywire.Visor.Config;

/// <summary>A visor's whole configuration. Relative paths are relative to the folder of the file.</summary>
internal sealed record VisorConfig
{
    /// <summary>Version of this format; grows when a key changes its meaning.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The format the file was written in.</summary>
    public int SchemaVersion { get; set; } = CurrentSchema;

    /// <summary>What the operator calls this board.</summary>
    public string Name { get; set; } = "";

    /// <summary>The file that holds the secret key; the key itself is never in the configuration.</summary>
    public string KeyFile { get; set; } = "visor.key";

    /// <summary>Logs of transports, state of apps, the instance lock.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>Which services of the network are used.</summary>
    public ServicesConfig Services { get; set; } = new();

    /// <summary>The relay network.</summary>
    public DmsgConfig Dmsg { get; set; } = new();

    /// <summary>Links to other visors.</summary>
    public TransportConfig Transport { get; set; } = new();

    /// <summary>Routes over them.</summary>
    public RoutingConfig Routing { get; set; } = new();

    /// <summary>The box this board belongs to; null: none.</summary>
    public BoxConfig? Box { get; set; }

    /// <summary>Programs that use routes.</summary>
    public IReadOnlyList<AppConfig> Apps { get; set; } = [];

    /// <summary>How this visor is controlled.</summary>
    public ApiConfig Api { get; set; } = new();

    /// <summary>What is written to the log.</summary>
    public LoggingConfig Logging { get; set; } = new();

    /// <summary>How the board's system is updated. Without slots to write, as beside another system, none of it matters.</summary>
    public UpdateConfig Update { get; set; } = new();
}

/// <summary>Addresses of services. A missing one is not used; nothing is ever filled in.</summary>
internal sealed record ServicesConfig
{
    public string? DmsgDiscovery { get; set; }

    public string? TransportDiscovery { get; set; }

    public string? AddressResolver { get; set; }

    public string? RouteFinder { get; set; }

    public string? ServiceDiscovery { get; set; }

    public string? UptimeTracker { get; set; }

    /// <summary>Setup nodes trusted to write rules here, and asked for routes in this order.</summary>
    public IReadOnlyList<PubKey> RouteSetupNodes { get; set; } = [];
}

/// <summary>The dmsg client.</summary>
internal sealed record DmsgConfig
{
    /// <summary>Sessions to different servers; two survive the loss of one.</summary>
    public int MinSessions { get; set; } = 2;

    /// <summary>Servers known without a discovery.</summary>
    public IReadOnlyList<DmsgServerConfig> Servers { get; set; } = [];
}

/// <summary>A dmsg server by key and address.</summary>
internal sealed record DmsgServerConfig
{
    public PubKey Key { get; set; }

    public string Address { get; set; } = "";
}

/// <summary>Links to other visors.</summary>
internal sealed record TransportConfig
{
    public StcpConfig? Stcp { get; set; }

    public StcprConfig? Stcpr { get; set; }

    /// <summary>Links kept alive: redialled with back-off for ever.</summary>
    public IReadOnlyList<PersistentTransportConfig> Persistent { get; set; } = [];

    /// <summary>Write the bandwidth log (one CSV a day under the data folder).</summary>
    public bool Log { get; set; } = true;

    /// <summary>Days of bandwidth log kept; the reference's week.</summary>
    public int LogDays { get; set; } = 7;
}

/// <summary>TCP links whose addresses stand in a table. Absent: not used.</summary>
internal sealed record StcpConfig
{
    /// <summary>Where to accept; null accepts nothing and only dials.</summary>
    public string? Listen { get; set; }

    /// <summary>Key to address.</summary>
    public IReadOnlyDictionary<string, string> Table { get; set; } = new Dictionary<string, string>();
}

/// <summary>TCP links whose addresses come from the address resolver. Absent: not used.</summary>
internal sealed record StcprConfig
{
    /// <summary>Where to accept; port 0 takes a free one.</summary>
    public string Listen { get; set; } = "0.0.0.0:0";

    /// <summary>Announce private addresses too, for networks of one's own; the public resolver refuses them.</summary>
    public bool AllowPrivate { get; set; }
}

/// <summary>A link that shall exist.</summary>
internal sealed record PersistentTransportConfig
{
    public PubKey Key { get; set; }

    public string Type { get; set; } = "";
}

/// <summary>Route set-up.</summary>
internal sealed record RoutingConfig
{
    /// <summary>Fewest hops of a dialled route; 1 allows a direct link.</summary>
    public int MinHops { get; set; } = 1;

    /// <summary>Most hops; the reference asks for 50.</summary>
    public int MaxHops { get; set; } = 50;

    /// <summary>All in all for one dial, candidates raced.</summary>
    public TimeSpan DialLimit { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// While a route is searched, also try to make a direct link to its end, as the reference does. Off: a link that nobody asked for goes around the mesh and shows both addresses to the other end.
    /// </summary>
    public bool DirectTransports { get; set; }
}

/// <summary>Boards on one wire that find each other and run the network's services among themselves.</summary>
internal sealed record BoxConfig
{
    /// <summary>What its owner calls it.</summary>
    public string MeshName { get; set; } = "";

    /// <summary>File of 64 hex digits that all boards of the box share.</summary>
    public string SecretFile { get; set; } = "box.secret";

    /// <summary>UDP port of the beacons.</summary>
    public int Port { get; set; } = 7946;

    /// <summary>Whether this board may run the services.</summary>
    public bool Serve { get; set; } = true;

    /// <summary>Up to so many other boards each is linked with each; beyond, every board keeps about so many links. Eight: a Skyminer is linked in full.</summary>
    public int MaxNeighbours { get; set; } = 8;
}

/// <summary>One app.</summary>
internal sealed record AppConfig
{
    public string Name { get; set; } = "";

    public string Kind { get; set; } = "";

    public int Port { get; set; }

    public bool AutoStart { get; set; }

    /// <summary>What the kind understands, as text.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; set; } = new Dictionary<string, string>();
}

/// <summary>The local API.</summary>
internal sealed record ApiConfig
{
    /// <summary>Unix socket of the command line.</summary>
    public string Socket { get; set; } = "skywire.sock";

    /// <summary>Address of the web page; null has none.</summary>
    public string? Listen { get; set; } = "127.0.0.1:8000";

    /// <summary>Host names under which the page is opened, beside localhost and IP addresses.</summary>
    public IReadOnlyList<string> HostNames { get; set; } = [];

    /// <summary>Made by <c>skywire config password</c>; asked for over TCP when set.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Serve /metrics.</summary>
    public bool Metrics { get; set; } = true;
}

/// <summary>The log.</summary>
internal sealed record LoggingConfig
{
    public string Level { get; set; } = "information";

    /// <summary>Lines kept in memory for <c>skywire log</c>.</summary>
    public int Lines { get; set; } = 1000;
}

/// <summary>Updates of the board's system.</summary>
internal sealed record UpdateConfig
{
    /// <summary>stable, testing, pinned or off.</summary>
    public string Channel { get; set; } = "stable";

    /// <summary>The version of a pinned board; null keeps it at the one it runs.</summary>
    public string? PinnedVersion { get; set; }

    /// <summary>Address of a feed, or of the folder of feeds (ending in "/"); null: only the box, files and USB sticks bring updates.</summary>
    public string? Feed { get; set; }

    /// <summary>Local time in which the board installs by itself.</summary>
    public string Window { get; set; } = "02:00-05:00";

    /// <summary>Most kilobytes a second of a download; 0 for no limit.</summary>
    public int RateLimit { get; set; }

    /// <summary>Time a new slot has to prove itself.</summary>
    public TimeSpan Trial { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>False: only what a person asks for is installed.</summary>
    public bool Automatic { get; set; } = true;

    /// <summary>State, history and downloads.</summary>
    public string Folder { get; set; } = "/data/update";
}
