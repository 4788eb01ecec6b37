// Settings of a dmsg server, each default with its reason.
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>Settings of a dmsg server.</summary>
public sealed record DmsgServerOptions
{
    /// <summary>host:port written into the entry.</summary>
    public required string PublicAddress { get; init; }

    /// <summary>serverType of the entry; the discovery overwrites it.</summary>
    public string ServerType { get; init; } = "";

    /// <summary>Most sessions; availableSessions of the entry counts down from it.</summary>
    public int MaxSessions { get; init; } = 2048;

    /// <summary>Most sessions per source address; a box of boards behind one address needs more than the reference's 15.</summary>
    public int MaxSessionsPerAddress { get; init; } = 100;

    /// <summary>Most streams per session; the 2026 reference's.</summary>
    public int MaxStreamsPerSession { get; init; } = 2048;

    /// <summary>Connections in their handshake at once: each costs curve work that an unknown party makes us do.</summary>
    public int MaxPendingHandshakes { get; init; } = 256;

    /// <summary>Session handshake limit; the reference's (spec 02 §6).</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Limit for a stream to bring its request; the 2026 reference's.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Limit for the destination to answer; the 2026 reference's.</summary>
    public TimeSpan ForwardTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A bridge without traffic for this long is closed; the 2026 reference's.</summary>
    public TimeSpan BridgeIdleLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Buffer per direction of a bridge: large enough that one read takes what several frames brought.</summary>
    public int CopyBuffer { get; init; } = 64 * 1024;

    /// <summary>The entry is written at least this often; the discovery forgets a server after 2 min.</summary>
    public TimeSpan EntryRefresh { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait that gathers session changes into one entry: a restart brings all clients back within seconds.</summary>
    public TimeSpan EntryDebounce { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait after the discovery refused or could not be reached.</summary>
    public BackoffOptions DiscoveryBackoff { get; init; } = new(TimeSpan.FromSeconds(1), 1.3, TimeSpan.FromSeconds(20));

    /// <summary>Limit for the orderly end: deleting the entry must not hold up a shutdown.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Throws <see cref="ArgumentException"/> naming the first property out of range.</summary>
    public void Validate()
    {
        Require(PublicAddress.Length > 0, nameof(PublicAddress));
        Require(MaxSessions > 0, nameof(MaxSessions));
        Require(MaxSessionsPerAddress > 0, nameof(MaxSessionsPerAddress));
        Require(MaxStreamsPerSession > 0, nameof(MaxStreamsPerSession));
        Require(MaxPendingHandshakes > 0, nameof(MaxPendingHandshakes));
        Require(CopyBuffer > 0, nameof(CopyBuffer));
    }

    private static void Require(bool condition, string property)
    {
        if (!condition)
        {
            throw new ArgumentException($"{nameof(DmsgServerOptions)}.{property} is out of range");
        }
    }
}
