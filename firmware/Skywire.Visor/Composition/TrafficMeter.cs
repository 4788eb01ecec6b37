// Tells traffic of routes from the chatter that keeps them alive.
namespace Skywire.Visor.Composition;

/// <summary>Adds up what transports carried beyond pings and keep-alives. One caller, once a second.</summary>
internal sealed class TrafficMeter
{
    /// <summary>
    /// Payload bytes that a quiet rule or transport may move in a second: a ping and a pong of 16 bytes (spec 12 §6.4), or a transport ping and pong of 8. Pings come every 3 s; at
    /// worst all of them fall into one second.
    /// </summary>
    public const int ChatterPerRule = 32;

    private long _last = -1;

    /// <summary>Bytes beyond chatter since the beginning; only grows.</summary>
    public long Total { get; private set; }

    /// <summary>Takes the sum over all transports and how many rules and transports there are.</summary>
    public void Add(long transportBytes, int rules, int transports)
    {
        var moved = _last < 0 ? 0 : Math.Max(0, transportBytes - _last);
        _last = transportBytes;
        if (moved > (long)ChatterPerRule * (rules + transports))
        {
            Total += moved;
        }
    }
}
