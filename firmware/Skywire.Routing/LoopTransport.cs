// A visor reaches its own ports without any network: the same rules and groups, over a transport that leads straight back.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport;

namespace Skywire.Routing;

/// <summary>One direction of a local route: what is sent is delivered to the router at once. One instance per direction, so that each knows what refused it.</summary>
internal sealed class LoopTransport(Router router) : ITransport
{
    /// <inheritdoc/>
    public TransportId Id => default;

    /// <inheritdoc/>
    public PubKey RemoteKey => router.LocalKey;

    /// <inheritdoc/>
    public string Type => "loop";

    /// <inheritdoc/>
    public bool IsUp => true;

    /// <inheritdoc/>
    public bool TrySend(PacketType type, uint routeId, ReadOnlySpan<byte> payload) => router.TryDeliverLocal(this, new PacketHeader(type, routeId, (ushort)payload.Length), payload);

    /// <inheritdoc/>
    public bool TrySendPacket(ReadOnlySpan<byte> packet)
    {
        var header = PacketHeader.Read(packet);
        return router.TryDeliverLocal(this, header, packet.Slice(PacketHeader.Size, header.PayloadSize));
    }

    /// <inheritdoc/>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => router.WaitForRoomAsync(this, cancellationToken);
}
