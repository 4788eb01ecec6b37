// Several ways to reach the same peer: none is waited out, none is tried before its turn (RFC 8305 in spirit).
using Skywire.Wire;

namespace Skywire.Transport.Net;

internal static class AddressRace
{
    /// <summary>
    /// Starts the candidates in order, each when the one before has failed or had its head start; the first success wins, the others are cancelled and
    /// awaited. When all fail: the only failure itself, or an <see cref="IOException"/> with every reason.
    /// </summary>
    internal static async Task<T> RunAsync<TCandidate, T>(IReadOnlyList<TCandidate> candidates, Func<TCandidate, CancellationToken, Task<T>> attempt, Action<T> discard, TimeSpan stagger, TimeProvider time, CancellationToken cancellationToken)
    {
        if (candidates.Count == 1)
        {
            return await attempt(candidates[0], cancellationToken);
        }

        using var cancelLosers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<T>>(candidates.Count);
        var failures = new List<Exception>(candidates.Count);
        var next = 0;
        Task? headStart = null;
        try
        {
            while (true)
            {
                if (next < candidates.Count && (headStart is null || headStart.IsCompleted))
                {
                    running.Add(attempt(candidates[next++], cancelLosers.Token));
                    headStart = next < candidates.Count ? Task.Delay(stagger, time, cancelLosers.Token).Stay() : null;
                }

                if (running.Count == 0)
                {
                    throw failures.Count == 1 ? failures[0] : new IOException(string.Join("; ", failures.Select(f => f.Message)), failures[0]);
                }

                await Task.WhenAny(headStart is null ? running : [.. running, headStart]);
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var done in running.Where(t => t.IsCompleted).ToList())
                {
                    running.Remove(done);
                    try
                    {
                        return await done;
                    }
                    catch (Exception e) when (e is IOException)
                    {
                        failures.Add(e);
                        headStart = null;
                    }
                }
            }
        }
        finally
        {
            cancelLosers.Cancel();
            foreach (var loser in running)
            {
                try
                {
                    discard(await loser);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
                {
                    // It lost anyway; the winner's result, or the reason already thrown, is what the caller needs.
                }
            }
        }
    }
}
