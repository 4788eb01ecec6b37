// Something done at intervals until the visor stops: uptime, listings, measuring.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;

namespace Skywire.Visor.Composition;

/// <summary>Owns one loop. Its work handles its own expected failures; an unexpected one is logged and the loop goes on.</summary>
internal sealed class Repeater : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Starts: waits <paramref name="first"/>, works, waits <paramref name="interval"/>, works, ... Pauses are spread by a twentieth when <paramref name="entropy"/> is given.</summary>
    public Repeater(Func<CancellationToken, Task> work, TimeSpan first, TimeSpan interval, IEntropy? entropy, TimeProvider time, ILogger log)
    {
        _running = RunAsync(work, first, interval, entropy, time, log);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> work, TimeSpan first, TimeSpan interval, IEntropy? entropy, TimeProvider time, ILogger log)
    {
        await Task.Yield();
        var pause = first;
        while (true)
        {
            try
            {
                await Task.Delay(Spread(pause, entropy), time, _stop.Token);
                await work(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.TaskFailed(log, e);
            }

            pause = interval;
        }
    }

    private static TimeSpan Spread(TimeSpan pause, IEntropy? entropy)
    {
        if (entropy is null)
        {
            return pause;
        }

        Span<byte> random = stackalloc byte[1];
        entropy.Fill(random);
        return pause * (0.95 + (random[0] / 2550.0));
    }
}
