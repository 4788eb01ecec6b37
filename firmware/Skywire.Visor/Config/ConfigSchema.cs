// The schema of the visor's configuration file: every key, what it may hold, and what it is for. The one place to add a key
// (and its property in VisorConfig). docs/configuration.md is printed from it.
using System.Text;

namespace Skywire.Visor.Config;

internal static class ConfigSchema
{
    /// <summary>A valid key for examples; its secret was thrown away.</summary>
    internal const string SampleKey = "0386f5b6fc2fd30bac9348b83135816a295491ca3ba6fdeb97f78fd8551f1bab20";

    private static readonly FlagNode Flag = new();
    private static readonly TextNode Url = new("an http or https URL", "http://192.0.2.1:9090", ValueRules.Url);
    private static readonly TextNode Key = new("a public key of 66 hex digits", SampleKey, ValueRules.Key);
    private static readonly TextNode Address = new("host:port", "192.0.2.1:7777", ValueRules.Address);
    private static readonly TextNode Listen = new("IP address:port", "0.0.0.0:7777", ValueRules.Listen);
    private static readonly TextNode Path = new("a path", "visor.key", ValueRules.NotEmpty);
    private static readonly TextNode Limit = new("a duration", "20s", ValueRules.Duration);
    private static readonly TextNode Word = new("a name of letters, digits, '-' and '_'", "skysocks", ValueRules.Name);
    private static readonly TextNode Any = new("a text", "value", static _ => null);

    /// <summary>Transport types that can be asked for.</summary>
    public static IReadOnlyList<string> TransportTypes { get; } = [Discovery.TransportTypes.Stcpr, Discovery.TransportTypes.Stcp, Discovery.TransportTypes.Dmsg];

    /// <summary>Kinds of updates a board takes.</summary>
    public static IReadOnlyList<string> UpdateChannels { get; } = ["stable", "testing", "pinned", "off"];

    /// <summary>Log levels.</summary>
    public static IReadOnlyList<string> LogLevels { get; } = ["trace", "debug", "information", "warning", "error", "critical", "none"];

    /// <summary>The whole file.</summary>
    public static SectionNode Root { get; } = new(
        new("schema_version", new NumberNode("the version of the format,", VisorConfig.CurrentSchema, VisorConfig.CurrentSchema, VisorConfig.CurrentSchema), "Version of this format.", Required: true),
        new("name", new TextNode("a text of at most 64 characters", "attic", ValueRules.ShortText), "What you call this board; shown on the page."),
        new("key_file", Path, "File of the secret key, mode 0600. The key itself is never in the configuration."),
        new("data_folder", Path, "Folder of the transport log, of apps and of the lock that keeps a second visor out."),
        new("services", Services(), "Services of the network. A missing one is not used; nothing is ever filled in."),
        new("dmsg", Dmsg(), "The relay network."),
        new("transport", Transport(), "Links to other visors."),
        new("routing", Routing(), "Routes over links."),
        new("box", Box(), "Boards on one wire that find each other, link up and run the services among themselves (docs/box.md). Missing: none. A service not named above is then the box's; one that is named is used, and the box's beside it.", Nullable: true),
        new("apps", new ListNode("apps", App()), "Programs that use routes."),
        new("api", Api(), "How this visor is controlled."),
        new("logging", Logging(), "The log."),
        new("update", Update(), "Updates of the board's system (docs/updates.md). Without slots to write it does nothing."));

    /// <summary>Every key with its meaning, as Markdown tables; the text of docs/configuration.md.</summary>
    public static string Describe()
    {
        var text = new StringBuilder();
        Describe(Root, "", "The file", text);
        foreach (var kind in AppKinds.All)
        {
            text.Append($"## `apps[].settings` of `{kind.Name}`\n\n{kind.Meaning}; usual port {kind.Port}.\n\n| setting | holds |\n|---|---|\n");
            foreach (var setting in kind.Settings)
            {
                text.Append($"| `{setting.Name}`{(setting.Required ? " (required)" : "")} | {setting.Expected}, for example `{setting.Example}` |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static SectionNode Services() => new(
        new("dmsg_discovery", Url, "Finds dmsg servers and clients. Without it only `dmsg.servers` are used and nobody finds this visor by dmsg.", Nullable: true),
        new("transport_discovery", Url, "Publishes links. Without it no route finder knows this visor's links.", Nullable: true),
        new("address_resolver", Url, "Finds addresses for stcpr. Without it stcpr accepts but cannot dial, and nobody finds this visor.", Nullable: true),
        new("route_finder", Url, "Finds paths. Without it only direct links carry routes.", Nullable: true),
        new("service_discovery", Url, "Lists proxies and VPN servers. Without it apps are not listed.", Nullable: true),
        new("uptime_tracker", Url, "Counts uptime. Without it no uptime is counted.", Nullable: true),
        new("route_setup_nodes", new ListNode("public keys", Key), "Setup nodes that may write rules here and are asked for routes. Without one only direct routes work."));

    private static SectionNode Dmsg() => new(
        new("min_sessions", new NumberNode("a number", 1, 16, 2), "Sessions to different servers; two survive the loss of one."),
        new("servers", new ListNode("dmsg servers", new SectionNode(
            new("key", Key, "The server's key.", Required: true),
            new("address", Address, "Where it listens.", Required: true))), "Servers known without a discovery."));

    private static SectionNode Transport() => new(
        new("stcp", new SectionNode(
            new("listen", Listen, "Where to accept; missing: only dials.", Nullable: true),
            new("table", new TableNode("addresses by public key", Key, Address), "Addresses by public key.")), "TCP links whose addresses stand in a table. Missing: not used.", Nullable: true),
        new("stcpr", new SectionNode(
            new("listen", Listen, "Where to accept; port 0 takes a free one."),
            new("allow_private", Flag, "Announce private addresses too; for networks of your own, the public resolver refuses them.")), "TCP links whose addresses come from the address resolver. Missing: not used.", Nullable: true),
        new("persistent", new ListNode("links", new SectionNode(
            new("key", Key, "The neighbour.", Required: true),
            new("type", Choice("a transport type", TransportTypes), "Its type.", Required: true))), "Links kept alive: redialled for ever, with back-off."),
        new("log", Flag, "Write the bandwidth log, one CSV a day."),
        new("log_days", new NumberNode("days", 1, 3650, 7), "Days of bandwidth log kept."));

    private static SectionNode Routing() => new(
        new("min_hops", new NumberNode("a number of hops", 1, 50, 1), "Fewest hops of a route; 1 allows a direct link."),
        new("max_hops", new NumberNode("a number of hops", 1, 50, 50), "Most hops of a route."),
        new("dial_limit", Limit, "Time for one dial, all in all."),
        new("direct_transports", Flag, "While a route is searched, also try to make a direct link to its end. Not tried when min_hops is above 1."));

    private static SectionNode Box() => new(
        new("mesh_name", new TextNode("a text of at most 64 characters", "home", ValueRules.ShortText), "What you call the box; the same on all its boards.", Required: true),
        new("secret_file", new TextNode("a path", "box.secret", ValueRules.NotEmpty), "File with the secret that all boards of the box share, 64 hex digits, mode 0600."),
        new("port", new NumberNode("a port", 1, 65535, 7946), "UDP port of the beacons, the same on all boards."),
        new("serve", Flag, "Whether this board may run the services."),
        new("max_neighbours", new NumberNode("a number of links", 2, 64, 8), "Up to so many other boards each is linked with each; beyond, every board keeps about so many links."));

    private static SectionNode App() => new(
        new("name", Word, "The app's name; each one once.", Required: true),
        new("kind", Choice("a kind of app", AppKinds.Names), "What it is.", Required: true),
        new("port", new NumberNode("a port", 0, 65535, 3), "Its port inside the network; 0 or missing takes the usual one of its kind."),
        new("auto_start", Flag, "Start it with the visor."),
        new("settings", new TableNode("settings", Any, Any), "What the kind understands, as text."));

    private static SectionNode Api() => new(
        new("socket", Path, "Unix socket of the command line."),
        new("listen", Listen, "Address of the web page and API; null has none. Another address than loopback needs `password_hash`.", Nullable: true),
        new("host_names", new ListNode("host names", new TextNode("a host name", "board.local", ValueRules.HostName)), "Names under which the page is opened, beside localhost and IP addresses."),
        new("password_hash", new TextNode("a line made by \"skywire config password\"", "pbkdf2-sha256$100000$c2FsdA==$aGFzaA==", ValueRules.PasswordHash), "Asked for over TCP when set; never over the unix socket.", Nullable: true),
        new("metrics", Flag, "Serve /metrics in Prometheus text."));

    private static SectionNode Logging() => new(
        new("level", Choice("a level", LogLevels), "Least level written."),
        new("lines", new NumberNode("lines", 100, 100_000, 1000), "Lines kept in memory for `skywire log`."));

    private static SectionNode Update() => new(
        new("channel", Choice("a channel", UpdateChannels), "Which updates are taken: releases, what comes before them, one version, or none."),
        new("pinned_version", new TextNode("a version", "0.1.0", ValueRules.Version), "The version of a pinned board; missing: the one it runs.", Nullable: true),
        new("feed", Url, "Address of a feed, or of a folder of feeds when it ends in `/`. Missing: updates come from the box, from files and from USB sticks.", Nullable: true),
        new("window", new TextNode("a time of day from-to", "02:00-05:00", ValueRules.Window), "Local time in which the board installs and restarts by itself; the same time twice means always."),
        new("rate_limit", new NumberNode("kilobytes a second", 0, 1_000_000, 500), "Most a download may take of the line; 0 for no limit."),
        new("trial", new TextNode("a duration from 1m to 10m", "5m", ValueRules.Trial), "Time a new version has to prove itself, from its start; then the board goes back."),
        new("automatic", Flag, "Install by itself within the window; false: only what a person asks for."),
        new("folder", Path, "State, history and downloads."));

    private static TextNode Choice(string noun, IReadOnlyList<string> words) => new($"{noun} ({string.Join(", ", words)})", words[0], text =>
        words.Contains(text) ? null : NearestName.Find(text, words) is { } near ? $"is \"{text}\" (did you mean \"{near}\"?)" : $"is \"{text}\"");

    private static void Describe(SectionNode section, string path, string title, StringBuilder text)
    {
        text.Append("## ").Append(title).Append("\n\n| key | holds | meaning |\n|---|---|---|\n");
        foreach (var member in section.Members)
        {
            text.Append($"| `{member.Name}`{(member.Required ? " (required)" : "")} | {member.Node.Expected} | {member.Meaning} |\n");
        }

        text.Append('\n');
        foreach (var member in section.Members)
        {
            var list = member.Node is ListNode;
            if ((list ? ((ListNode)member.Node).Element : member.Node) is SectionNode inner)
            {
                var here = (path.Length == 0 ? member.Name : $"{path}.{member.Name}") + (list ? "[]" : "");
                Describe(inner, here, $"`{here}`", text);
            }
        }
    }
}
