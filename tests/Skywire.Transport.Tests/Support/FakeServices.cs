// The network's services as the transports see them, with faults at will.
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Transport.Tests.Support;

/// <summary>An address resolver shared by all visors of a test; each visor has its own view, which knows who asks.</summary>
internal sealed class FakeResolver
{
    private readonly Dictionary<PubKey, ResolvedAddress> _bound = [];

    internal bool IsDown { get; set; }

    internal int Refusals { get; set; }

    internal int Requests { get; private set; }

    internal IReadOnlyDictionary<PubKey, ResolvedAddress> Bound => _bound;

    internal void Set(PubKey key, ResolvedAddress address) => _bound[key] = address;

    internal IAddressResolver For(PubKey caller, string callerAddress) => new View(this, caller, callerAddress);

    private void Ask()
    {
        Requests++;
        if (IsDown)
        {
            throw new ServiceException("address resolver", 0, "connection refused");
        }

        if (Refusals > 0)
        {
            Refusals--;
            throw new ServiceException("address resolver", 400, "your address is not public");
        }
    }

    private sealed class View(FakeResolver resolver, PubKey caller, string callerAddress) : IAddressResolver
    {
        public Task BindStcprAsync(int port, IReadOnlyList<string> addresses, CancellationToken cancellationToken) => Try(() => resolver._bound[caller] = new ResolvedAddress(callerAddress, false, $"{port}", addresses));

        public Task UnbindStcprAsync(CancellationToken cancellationToken) => Try(() => resolver._bound.Remove(caller));

        public Task<ResolvedAddress?> ResolveAsync(string type, PubKey key, CancellationToken cancellationToken)
        {
            try
            {
                resolver.Ask();
                return Task.FromResult(resolver._bound.GetValueOrDefault(key));
            }
            catch (ServiceException e)
            {
                return Task.FromException<ResolvedAddress?>(e);
            }
        }

        private Task Try(Action action)
        {
            try
            {
                resolver.Ask();
                action();
                return Task.CompletedTask;
            }
            catch (ServiceException e)
            {
                return Task.FromException(e);
            }
        }
    }
}

/// <summary>A transport discovery shared by all visors of a test.</summary>
internal sealed class FakeDiscovery : ITransportDiscovery
{
    internal bool IsDown { get; set; }

    internal bool Hangs { get; set; }

    internal List<SignedTransportEntry> Registered { get; } = [];

    internal Dictionary<TransportId, TransportEntry> Listed { get; } = [];

    internal List<IReadOnlyList<TransportEntry>> Reregistrations { get; } = [];

    internal List<TransportId> Deleted { get; } = [];

    internal int Requests { get; private set; }

    public Task RegisterAsync(IReadOnlyList<SignedTransportEntry> entries, CancellationToken cancellationToken) => Try(
        () =>
        {
            Registered.AddRange(entries);
            foreach (var entry in entries)
            {
                Listed[entry.Entry.Id] = entry.Entry;
            }
        },
        cancellationToken);

    public Task ReregisterAsync(IReadOnlyList<TransportEntry> entries, CancellationToken cancellationToken) => Try(
        () =>
        {
            Reregistrations.Add(entries);
            foreach (var entry in entries)
            {
                Listed[entry.Id] = entry;
            }
        },
        cancellationToken);

    public Task<TransportEntry?> GetByIdAsync(TransportId id, CancellationToken cancellationToken) => Task.FromResult(Listed.GetValueOrDefault(id));

    public Task<IReadOnlyList<TransportEntry>> GetByEdgeAsync(PubKey edge, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<TransportEntry>>([.. Listed.Values.Where(e => e.HasEdge(edge))]);

    public Task DeleteAsync(TransportId id, CancellationToken cancellationToken) => Try(
        () =>
        {
            Deleted.Add(id);
            Listed.Remove(id);
        },
        cancellationToken);

    private async Task Try(Action action, CancellationToken cancellationToken)
    {
        Requests++;
        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (IsDown)
        {
            throw new ServiceException("transport discovery", 0, "connection refused");
        }

        action();
    }
}
