// The seam between a transport and the router.
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Transport;

/// <summary>
/// One settled link to a neighbour as the router sees it. Sending never blocks and never allocates: a packet is copied into the transport's bounded
/// send buffer, which one writer task empties with as few system calls as possible. Sends may come from any thread.
/// </summary>
public interface ITransport
{
    /// <summary>The ID that rules name.</summary>
    TransportId Id { get; }

    /// <summary>The neighbour.</summary>
    PubKey RemoteKey { get; }

    /// <summary>Type name.</summary>
    string Type { get; }

    /// <summary>False once closed; sends then drop and count.</summary>
    bool IsUp { get; }

    /// <summary>Queues header and payload. False when the send buffer has no room: wait for <see cref="WaitForRoomAsync"/> and try again. A closed transport takes (and drops) everything.</summary>
    bool TrySend(PacketType type, uint routeId, ReadOnlySpan<byte> payload);

    /// <summary>Queues a packet already in wire form. Same rule.</summary>
    bool TrySendPacket(ReadOnlySpan<byte> packet);

    /// <summary>Completes when the send buffer has room again or the transport closed. Any number of waiters.</summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellationToken);
}

/// <summary>What the router gives to transports. Called from each transport's read loop.</summary>
public interface IPacketHandler
{
    /// <summary>
    /// Handles one packet with a route ID above 0; it may be re-stamped in place. True: consumed (delivered, forwarded, or dropped with a counted cause).
    /// False: where it has to go is full; nothing happened; the read loop awaits <see cref="WaitForRoomAsync"/> and offers the same packet again.
    /// No allocation, no lock shared between transports.
    /// </summary>
    bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet);

    /// <summary>Completes when the place that refused the last packet of <paramref name="source"/> has room, or its patience ran out (the next offer is then dropped with a cause).</summary>
    ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken);
}
