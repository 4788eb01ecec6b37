// Peers that could not be reached a moment ago are not tried again at once (spec 23 §3).
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Dmsg.Client;

/// <summary>Back-off per destination. Thread-safe.</summary>
internal sealed class DestinationBackoffs(ClientContext context)
{
    // Destinations are chosen by local callers; the bound is only a guard against an endless list of dead peers.
    private const int MaxDestinations = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<PubKey, State> _states = [];

    /// <summary>The error of the last full failure while its wait runs; null when a dial may be tried.</summary>
    public ProtocolException? Check(PubKey key)
    {
        lock (_lock)
        {
            return _states.TryGetValue(key, out var state) && context.Time.GetElapsedTime(state.Since) < state.Wait
                ? new ProtocolException(state.Last.Error, $"{state.Last.Message} (tried a moment ago)", state.Last)
                : null;
        }
    }

    /// <summary>Notes a full failure.</summary>
    public void Failed(PubKey key, ProtocolException error)
    {
        lock (_lock)
        {
            if (!_states.TryGetValue(key, out var state))
            {
                if (_states.Count >= MaxDestinations)
                {
                    _states.Clear();
                }

                state = new State(new Backoff(context.Options.DestinationBackoff, context.Entropy));
                _states.Add(key, state);
            }

            state.Since = context.Time.GetTimestamp();
            state.Wait = state.Backoff.Next();
            state.Last = error;
        }
    }

    /// <summary>Forgets failures after a success.</summary>
    public void Succeeded(PubKey key)
    {
        lock (_lock)
        {
            _states.Remove(key);
        }
    }

    /// <summary>Forgets all failures.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _states.Clear();
        }
    }

    private sealed class State(Backoff backoff)
    {
        public Backoff Backoff { get; } = backoff;

        public long Since { get; set; }

        public TimeSpan Wait { get; set; }

        public ProtocolException Last { get; set; } = null!;
    }
}
