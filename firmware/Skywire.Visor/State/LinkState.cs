// The one judgement of how this board stands in the mesh. LEDs, page, status and systemd all show this, so that they never disagree.
namespace Skywire.Visor.State;

/// <summary>What the LEDs show, worst to best; attention stands apart.</summary>
internal enum LinkLevel
{
    /// <summary>Start-up is not complete.</summary>
    Booting,

    /// <summary>Neither a transport nor a dmsg session with another machine is up.</summary>
    NoLink,

    /// <summary>A session or a transport is up, but the board cannot be reached through the mesh yet.</summary>
    Linked,

    /// <summary>At least one transport is up, and dmsg, where it is used, is ready.</summary>
    Joined,

    /// <summary>Joined, and routes carried bytes within the last seconds.</summary>
    Traffic,

    /// <summary>Something needs a hand.</summary>
    Attention,
}

/// <summary>Facts measured at one moment.</summary>
internal sealed record LinkFacts
{
    /// <summary>Everything that is started once has been started.</summary>
    public bool Started { get; init; }

    /// <summary>Transports that are up.</summary>
    public int TransportsUp { get; init; }

    /// <summary>False when the configuration leaves dmsg out.</summary>
    public bool DmsgUsed { get; init; }

    /// <summary>Own entry published and a session live.</summary>
    public bool DmsgReady { get; init; }

    /// <summary>Live sessions to dmsg servers; not the one that this very board runs for its box, which links it with nobody.</summary>
    public int DmsgSessions { get; init; }

    /// <summary>Why dmsg is not ready; empty when it is.</summary>
    public string DmsgReason { get; init; } = "";

    /// <summary>Why the box is not joined; empty when it is, or when there is none.</summary>
    public string BoxReason { get; init; } = "";

    /// <summary>Bytes that routes (own and relayed) carried since start, both ways.</summary>
    public long RouteBytes { get; init; }

    /// <summary>What needs a hand; empty for nothing.</summary>
    public string Attention { get; init; } = "";
}

/// <summary>Judges facts. Not thread-safe: one caller feeds it, once a second.</summary>
internal sealed class LinkState(TimeProvider time)
{
    /// <summary>How long a board counts as carrying traffic after the last bytes: a blink that follows each packet cannot be read, one of minutes lies.</summary>
    public static readonly TimeSpan TrafficHold = TimeSpan.FromSeconds(3);

    /// <summary>How long a joined board may be without any link before that needs a hand: longer than any redial back-off.</summary>
    public static readonly TimeSpan LostLinkPatience = TimeSpan.FromMinutes(10);

    private long _routeBytes;
    private long _lastTraffic;
    private bool _sawTraffic;
    private long _lostSince;
    private bool _lost;

    /// <summary>The last judgement.</summary>
    public LinkLevel Level { get; private set; } = LinkLevel.Booting;

    /// <summary>Why, in words.</summary>
    public string Reason { get; private set; } = "starting";

    /// <summary>The word used on every surface.</summary>
    public string Word => WordOf(Level);

    /// <summary>The word of a level.</summary>
    public static string WordOf(LinkLevel level) => level switch
    {
        LinkLevel.Booting => "booting",
        LinkLevel.NoLink => "no_link",
        LinkLevel.Linked => "linked",
        LinkLevel.Joined => "joined",
        LinkLevel.Traffic => "traffic",
        _ => "attention",
    };

    /// <summary>Judges anew; true when the level changed.</summary>
    public bool Update(LinkFacts facts)
    {
        var before = Level;
        var now = time.GetTimestamp();
        if (facts.RouteBytes > _routeBytes)
        {
            _lastTraffic = now;
            _sawTraffic = true;
        }

        _routeBytes = facts.RouteBytes;
        (Level, Reason) = Judge(facts, now);
        return Level != before;
    }

    private (LinkLevel Level, string Reason) Judge(LinkFacts facts, long now)
    {
        if (!facts.Started)
        {
            return (LinkLevel.Booting, "starting");
        }

        if (facts.Attention.Length > 0)
        {
            return (LinkLevel.Attention, facts.Attention);
        }

        var hasLink = facts.TransportsUp > 0 || facts.DmsgSessions > 0;
        if (!hasLink)
        {
            _lostSince = _lost ? _lostSince : now;
            _lost = true;
            var why = facts.DmsgUsed && facts.DmsgReason.Length > 0 ? $"no transport is up; dmsg: {facts.DmsgReason}" : "no transport is up";
            why += facts.BoxReason.Length > 0 ? $"; box: {facts.BoxReason}" : "";
            return time.GetElapsedTime(_lostSince, now) > LostLinkPatience ? (LinkLevel.Attention, $"{why}, for more than {LostLinkPatience.TotalMinutes:0} minutes") : (LinkLevel.NoLink, why);
        }

        _lost = false;
        if (facts.TransportsUp == 0)
        {
            return (LinkLevel.Linked, $"{Count(facts.DmsgSessions, "dmsg session")}, no transport yet{(facts.BoxReason.Length > 0 ? "; box: " + facts.BoxReason : "")}");
        }

        if (facts.DmsgUsed && !facts.DmsgReady)
        {
            return (LinkLevel.Linked, $"{Count(facts.TransportsUp, "transport")} up; dmsg: {facts.DmsgReason}");
        }

        if (facts.BoxReason.Length > 0)
        {
            return (LinkLevel.Linked, $"{Count(facts.TransportsUp, "transport")} up; box: {facts.BoxReason}");
        }

        return _sawTraffic && time.GetElapsedTime(_lastTraffic, now) <= TrafficHold
            ? (LinkLevel.Traffic, $"{Count(facts.TransportsUp, "transport")} up, routes carry traffic")
            : (LinkLevel.Joined, $"{Count(facts.TransportsUp, "transport")} up");
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
