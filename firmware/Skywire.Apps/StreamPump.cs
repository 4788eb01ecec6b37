// Joins two byte streams.
using System.Buffers;
using Skywire.Wire;

namespace Skywire.Apps;

/// <summary>How long a joined pair may be silent.</summary>
public sealed record PumpOptions
{
    /// <summary>The defaults.</summary>
    public static PumpOptions Default { get; } = new();

    /// <summary>Silence both ways that ends a pair. A little above what routers grant an idle TCP connection (RFC 5382: 2 h 4 min), so that terminals left open survive.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(125);

    /// <summary>The same once one side has ended: most peers close within seconds then, and a forgotten half costs buffers.</summary>
    public TimeSpan HalfClosedLimit { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Copies both ways between two streams until both have ended; an end on one side becomes an end on the other, a failure aborts both. Owns neither stream.</summary>
internal sealed class StreamPump
{
    // A pair that moves little holds little; one that moves much is copied in large pieces.
    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 64 * 1024;

    private readonly IByteStream _near;
    private readonly IByteStream _far;
    private readonly AppCounters _counters;
    private readonly PumpOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _idle;
    private long _lastMove;
    private int _ended;
    private bool _timedOut;

    private StreamPump(IByteStream near, IByteStream far, AppCounters counters, PumpOptions options, TimeProvider time)
    {
        _near = near;
        _far = far;
        _counters = counters;
        _options = options;
        _time = time;
        _lastMove = time.GetTimestamp();
        _idle = time.CreateTimer(static state => ((StreamPump)state!).OnIdleTimer(), this, options.IdleLimit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Joins <paramref name="near"/> (local or outside) and <paramref name="far"/> (towards the mesh counts as sent). Never throws for what the streams do; says how it ended:
    /// <see cref="ProtocolError.None"/>, <see cref="ProtocolError.StreamReset"/> or <see cref="ProtocolError.TimedOut"/>.
    /// </summary>
    public static async Task<ProtocolError> RunAsync(IByteStream near, IByteStream far, AppCounters counters, PumpOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var pump = new StreamPump(near, far, counters, options, time);
        await using (pump._idle)
        using (cancellationToken.UnsafeRegister(static state => ((StreamPump)state!).Abort(), pump))
        {
            var sending = pump.CopyAsync(near, far, isSending: true);
            var received = await pump.CopyAsync(far, near, isSending: false);
            var sent = await sending;
            return pump._timedOut ? ProtocolError.TimedOut : sent && received ? ProtocolError.None : ProtocolError.StreamReset;
        }
    }

    private async Task<bool> CopyAsync(IByteStream from, IByteStream to, bool isSending)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, CancellationToken.None)) > 0)
            {
                Count(count, isSending);
                await to.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None);
                Volatile.Write(ref _lastMove, _time.GetTimestamp());
                if (count == buffer.Length && count < LargeBuffer)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(LargeBuffer);
                }
                else if (count < SmallBuffer && buffer.Length >= LargeBuffer)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
                }
            }

            await to.CompleteWritesAsync(CancellationToken.None);
            if (Interlocked.Increment(ref _ended) == 1)
            {
                _idle.Change(_options.HalfClosedLimit, Timeout.InfiniteTimeSpan);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Abort();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Count(int bytes, bool isSending)
    {
        if (isSending)
        {
            _counters.Sent(bytes);
        }
        else
        {
            _counters.Received(bytes);
        }
    }

    private void Abort()
    {
        _near.Abort();
        _far.Abort();
    }

    private void OnIdleTimer()
    {
        var limit = Volatile.Read(ref _ended) == 0 ? _options.IdleLimit : _options.HalfClosedLimit;
        var left = limit - _time.GetElapsedTime(Volatile.Read(ref _lastMove));
        if (left > TimeSpan.Zero)
        {
            _idle.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            return;
        }

        _timedOut = true;
        Abort();
    }
}
