// When a server may be tried again.
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Dmsg.Client;

/// <summary>Back-off per server. Thread-safe. Grows with the number of servers the discovery names, which it limits.</summary>
internal sealed class ServerBackoffs(ClientContext context)
{
    // A session that lived this long was a good one: its end says nothing against the server.
    private static readonly TimeSpan GoodLife = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<PubKey, (Backoff Backoff, long Since, TimeSpan Wait)> _servers = [];

    /// <summary>Time until the server may be tried; zero: now.</summary>
    public TimeSpan Remaining(PubKey server)
    {
        lock (_lock)
        {
            if (!_servers.TryGetValue(server, out var state))
            {
                return TimeSpan.Zero;
            }

            var remaining = state.Wait - context.Time.GetElapsedTime(state.Since);
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <summary>No session came up.</summary>
    public void Failed(PubKey server) => Wait(server, reset: false);

    /// <summary>A session ended after <paramref name="life"/>.</summary>
    public void Lost(PubKey server, TimeSpan life) => Wait(server, reset: life >= GoodLife);

    /// <summary>What was learned of a server no longer holds.</summary>
    public void Forget(PubKey server)
    {
        lock (_lock)
        {
            _servers.Remove(server);
        }
    }

    private void Wait(PubKey server, bool reset)
    {
        lock (_lock)
        {
            var backoff = _servers.TryGetValue(server, out var state) ? state.Backoff : new Backoff(context.Options.ServerBackoff, context.Entropy);
            if (reset)
            {
                backoff.Reset();
            }

            _servers[server] = (backoff, context.Time.GetTimestamp(), backoff.Next());
        }
    }
}
