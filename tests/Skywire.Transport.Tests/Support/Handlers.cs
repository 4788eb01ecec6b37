// Routers of the tests.
using Skywire.Wire;

namespace Skywire.Transport.Tests.Support;

/// <summary>Keeps every packet; refuses while <see cref="Refuses"/> until <see cref="Release"/>.</summary>
internal sealed class CollectingHandler : IPacketHandler
{
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal List<byte[]> Packets { get; } = [];

    internal bool Refuses { get; set; }

    internal int Waits { get; private set; }

    internal AsyncSignal News { get; } = new();

    public bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet)
    {
        if (Refuses)
        {
            return false;
        }

        Packets.Add(packet.ToArray());
        News.Set();
        return true;
    }

    public async ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken)
    {
        Waits++;
        await _room.Task.Stay().WaitAsync(cancellationToken);
    }

    internal void Release()
    {
        Refuses = false;
        _room.SetResult();
        _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Completes when this many packets have come.</summary>
    internal async Task WaitForAsync(int count, CancellationToken cancellationToken)
    {
        while (Packets.Count < count)
        {
            await News.WaitAsync(cancellationToken);
        }
    }
}

/// <summary>Sends every packet on over another transport under another route ID, as a router with one rule does.</summary>
internal sealed class ForwardingHandler : IPacketHandler
{
    internal ITransport? Next { get; set; }

    internal long Forwarded;

    public bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet)
    {
        PacketHeader.Restamp(packet, header.RouteId + 1);
        if (!Next!.TrySendPacket(packet))
        {
            // Nothing may have happened to a packet that is offered again.
            PacketHeader.Restamp(packet, header.RouteId);
            return false;
        }

        Forwarded++;
        return true;
    }

    public ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken) => Next!.WaitForRoomAsync(cancellationToken);
}
