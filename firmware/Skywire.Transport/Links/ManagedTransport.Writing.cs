// The writer and what watches over the link: batches out, stuck writes and silent peers found.
using System.Buffers.Binary;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Transport.Links;

internal sealed partial class ManagedTransport
{
    /// <summary>Bytes per write: as many full frames as the stream below puts into one system call, so that progress shows at no cost.</summary>
    private const int Chunk = 16 * NoiseFrame.MaxPlaintext;

    /// <summary>A write above this marks a slow link, which then gets small writes: progress is seen, and a slow link is not taken for a stuck one.</summary>
    private static readonly TimeSpan SlowWrite = TimeSpan.FromSeconds(1);

    /// <summary>Bytes per write on a slow link: 20 s for it is 0.8 KB/s, below any link worth having.</summary>
    private const int SlowChunk = 16 * 1024;

    private const long NotWriting = 0;

    private long _sentPayload;
    private long _sentPackets;
    private long _writeSince;
    private long _trafficAtTick;
    private long _trafficAtPing;

    internal long SentPayload => Volatile.Read(ref _sentPayload);

    internal long SentPackets => Volatile.Read(ref _sentPackets);

    /// <summary>Called regularly by the manager: pings, and ends the link when a write is stuck or the peer is silent.</summary>
    internal void Tick()
    {
        if (!_isUp)
        {
            return;
        }

        var since = Volatile.Read(ref _writeSince);
        if (since != NotWriting && _time.GetElapsedTime(since) > WriteLimit)
        {
            Close(ProtocolError.WriteTimeout, $"a write made no progress for {WriteLimit.TotalSeconds:0} s");
            return;
        }

        var received = Volatile.Read(ref _readBytes);
        var traffic = SentPackets + ReceivedPackets;
        if (traffic == _trafficAtTick)
        {
            _queue.Trim();
        }

        _trafficAtTick = traffic;
        switch (_probe.Tick(received, traffic != _trafficAtPing, _readerBlocked, out var value))
        {
            case ProbeAction.SendPing:
                SendPing(value);
                _trafficAtPing = traffic;
                break;
            case ProbeAction.Close:
                Close(ProtocolError.KeepAliveTimeout, $"the peer left {LivenessProbe.MaxMisses} pings unanswered and sent nothing");
                break;
            default:
                break;
        }
    }

    /// <summary>Sends a ping now and returns the count of bytes read so far, for <see cref="HasReadSince"/>.</summary>
    internal long PingNow()
    {
        var received = Volatile.Read(ref _readBytes);
        SendPing(_probe.PingNow(received));
        return received;
    }

    /// <summary>True when anything came in since that count, or this side does not read at present.</summary>
    internal bool HasReadSince(long received) => _readerBlocked || Volatile.Read(ref _readBytes) != received;

    private void SendPing(long value)
    {
        Span<byte> payload = stackalloc byte[PingSize];
        BinaryPrimitives.WriteInt64BigEndian(payload, value);
        _queue.TryAppend(PacketType.TransportPing, 0, payload);
    }

    /// <summary>Runs until the queue is closed and empty (true), or the stream failed.</summary>
    private async Task<bool> WriteLoopAsync()
    {
        await Task.Yield();
        try
        {
            var slow = false;
            while (true)
            {
                if (_queue.TryTake(out var batch))
                {
                    try
                    {
                        slow = await WriteAsync(batch.Buffer.AsMemory(0, batch.Length), slow);
                    }
                    finally
                    {
                        _queue.Return(batch);
                    }

                    Volatile.Write(ref _sentPayload, _sentPayload + batch.Payload);
                    Volatile.Write(ref _sentPackets, _sentPackets + batch.Packets);
                }
                else if (_queue.IsClosed)
                {
                    await _stream.CompleteWritesAsync(CancellationToken.None);
                    return true;
                }
                else
                {
                    await _queue.WaitAsync();
                }
            }
        }
        catch (Exception e)
        {
            CloseFor(e, "write");
            return false;
        }
    }

    /// <summary>Writes all; returns whether the link is slow.</summary>
    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, bool slow)
    {
        while (!data.IsEmpty)
        {
            var chunk = data[..Math.Min(data.Length, slow ? SlowChunk : Chunk)];
            var since = _time.GetTimestamp();
            Volatile.Write(ref _writeSince, since == NotWriting ? 1 : since);
            await _stream.WriteAsync(chunk, CancellationToken.None);
            Volatile.Write(ref _writeSince, NotWriting);
            slow = _time.GetElapsedTime(since) > SlowWrite;
            data = data[chunk.Length..];
        }

        return slow;
    }
}
