// A transport between two routers of a test: bounded buffers, back-pressure, faults on demand.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing.Tests.Kit;

/// <summary>One end of a link. What is sent waits in a bounded buffer; one pump offers it to the other end's handler as a transport's read loop does.</summary>
internal sealed class TestTransport(TransportId id, PubKey remoteKey, int capacity) : ITransport
{
    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _queue = new();
    private readonly AsyncSignal _filled = new();
    private readonly List<TaskCompletionSource> _waiters = [];
    private readonly CancellationTokenSource _life = new();
    private int _held;

    public TransportId Id => id;

    public PubKey RemoteKey => remoteKey;

    public string Type => TransportTypes.Stcpr;

    public bool IsUp { get; private set; } = true;

    /// <summary>Sees each packet before it is queued; true drops it.</summary>
    public Func<PacketHeader, bool>? Drop { get; set; }

    /// <summary>Sees each packet that is queued.</summary>
    public Action<byte[]>? Observe { get; set; }

    /// <summary>Latency of the pump per batch.</summary>
    public TimeSpan Delay { get; set; }

    public int Sent { get; private set; }

    public int Refused { get; private set; }

    public bool TrySend(PacketType type, uint routeId, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[PacketHeader.Size + payload.Length];
        new PacketHeader(type, routeId, (ushort)payload.Length).Write(packet);
        payload.CopyTo(packet.AsSpan(PacketHeader.Size));
        return TrySendPacket(packet);
    }

    public bool TrySendPacket(ReadOnlySpan<byte> packet)
    {
        lock (_lock)
        {
            if (!IsUp || Drop?.Invoke(PacketHeader.Read(packet)) == true)
            {
                return true;
            }

            if (_held > 0 && _held + packet.Length > capacity)
            {
                Refused++;
                return false;
            }

            var copy = packet.ToArray();
            _queue.Enqueue(copy);
            _held += copy.Length;
            Sent++;
            Observe?.Invoke(copy);
        }

        _filled.Set();
        return true;
    }

    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter;
        lock (_lock)
        {
            if (!IsUp || _held < capacity / 2)
            {
                return;
            }

            waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(waiter);
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter))
        {
            await waiter.Task;
        }
    }

    /// <summary>Moves packets to the other end until closed.</summary>
    public async Task PumpAsync(TestTransport other, IPacketHandler handler, TimeProvider time)
    {
        try
        {
            while (true)
            {
                await _filled.WaitAsync(_life.Token);
                if (Delay > TimeSpan.Zero)
                {
                    await Task.Delay(Delay, time, _life.Token);
                }

                while (Peek() is { } packet)
                {
                    while (!handler.TryHandle(other, PacketHeader.Read(packet), packet))
                    {
                        await handler.WaitForRoomAsync(other, _life.Token);
                    }

                    Take();
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            IsUp = false;
            Wake();
        }

        _life.Cancel();
    }

    private byte[]? Peek()
    {
        lock (_lock)
        {
            return _queue.TryPeek(out var packet) ? packet : null;
        }
    }

    private void Take()
    {
        lock (_lock)
        {
            _held -= _queue.Dequeue().Length;
            if (_held < capacity / 2)
            {
                Wake();
            }
        }
    }

    private void Wake()
    {
        _waiters.ForEach(waiter => waiter.TrySetResult());
        _waiters.Clear();
    }
}

/// <summary>The live transports of one test visor.</summary>
internal sealed class TestTransports : ITransportTable
{
    private readonly Dictionary<TransportId, ITransport> _all = [];

    public event Action<ITransport, bool>? Changed;

    public IReadOnlyList<ITransport> All => [.. _all.Values];

    public bool HasAny => _all.Count > 0;

    public ITransport? Find(TransportId id) => _all.GetValueOrDefault(id);

    public ITransport? FindByRemote(PubKey remote) => _all.Values.FirstOrDefault(transport => transport.RemoteKey == remote);

    public void Add(ITransport transport)
    {
        _all[transport.Id] = transport;
        Changed?.Invoke(transport, true);
    }

    public void Remove(ITransport transport)
    {
        _all.Remove(transport.Id);
        Changed?.Invoke(transport, false);
    }
}

/// <summary>Does nothing but remember: for tests of one router alone.</summary>
internal sealed class RecordingTransport(TransportId id, PubKey remoteKey) : ITransport
{
    public TransportId Id => id;

    public PubKey RemoteKey => remoteKey;

    public string Type => TransportTypes.Stcpr;

    public bool IsUp { get; set; } = true;

    public bool IsFull { get; set; }

    public bool KeepsPackets { get; set; } = true;

    public List<byte[]> Packets { get; } = [];

    public int Count { get; private set; }

    public TaskCompletionSource Room { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool TrySend(PacketType type, uint routeId, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[PacketHeader.Size + payload.Length];
        new PacketHeader(type, routeId, (ushort)payload.Length).Write(packet);
        payload.CopyTo(packet.AsSpan(PacketHeader.Size));
        return TrySendPacket(packet);
    }

    public bool TrySendPacket(ReadOnlySpan<byte> packet)
    {
        if (IsFull)
        {
            return false;
        }

        Count++;
        if (KeepsPackets)
        {
            Packets.Add(packet.ToArray());
        }

        return true;
    }

    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), Room))
        {
            await Room.Task;
        }
    }
}
