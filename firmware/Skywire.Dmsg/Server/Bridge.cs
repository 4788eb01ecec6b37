// Copies bytes between two clients' streams: they are end-to-end encrypted, the server never looks (spec 03 §6).
using System.Buffers;
using Skywire.Wire;

namespace Skywire.Dmsg.Server;

/// <summary>One bridge. Owns both streams and closes both when either direction ends, fails, or nothing has moved for the idle limit.</summary>
internal sealed class Bridge(IByteStream a, IByteStream b, int maxBuffer, TimeSpan idleLimit, TimeProvider time, Action<int> onBytes)
{
    // Most bridges carry a request and an answer; the buffer grows when reads fill it.
    private const int FirstBuffer = 4 * 1024;

    private long _lastActivity = time.GetTimestamp();

    /// <summary>Runs until the bridge has ended; true when it was idle for too long.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(over.Token);
        Task[] ends = [CopyAsync(a, b, over.Token), CopyAsync(b, a, over.Token), watching];
        await Task.WhenAny(ends);
        over.Cancel();
        await a.DisposeAsync();
        await b.DisposeAsync();
        await Task.WhenAll(ends);
        return await watching;
    }

    private async Task CopyAsync(IByteStream from, IByteStream to, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBuffer, maxBuffer));
        try
        {
            while (true)
            {
                var n = await from.ReadAsync(buffer, cancellationToken);
                if (n == 0)
                {
                    return;
                }

                Volatile.Write(ref _lastActivity, time.GetTimestamp());
                await to.WriteAsync(buffer.AsMemory(0, n), cancellationToken);
                onBytes(n);
                if (n == buffer.Length && n < maxBuffer)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(Math.Min(n * 4, maxBuffer));
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Either client went away: the normal end of a bridge.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<bool> WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var left = idleLimit - time.GetElapsedTime(Volatile.Read(ref _lastActivity));
                if (left <= TimeSpan.Zero)
                {
                    return true;
                }

                await Task.Delay(left, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
