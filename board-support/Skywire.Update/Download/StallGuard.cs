// Ends a step of a transfer that hangs, and tells what the network did from what the disk did.
namespace Skywire.Update.Download;

/// <summary>The other side was not there, or fell silent.</summary>
internal sealed class NetworkException(string message, Exception inner) : Exception(message, inner);

/// <summary>Time limits of network steps.</summary>
internal static class StallGuard
{
    /// <summary>Runs a step; throws <see cref="NetworkException"/> when it fails or takes longer than <paramref name="limit"/>.</summary>
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> step, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            return await step(either.Token);
        }
        catch (IOException e)
        {
            throw new NetworkException(e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NetworkException($"no answer for {limit.TotalSeconds:0} s", e);
        }
    }
}
