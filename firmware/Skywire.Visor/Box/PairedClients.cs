// Public services and the box side by side: what this visor tells goes to both, what it asks for comes from the box for members and from the
// public ones for everybody else. One of the two being away never holds up the other.
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Visor.Box;

/// <summary>Both at once: the second is done even when the first fails, and the first failure is told, so that the caller tries again (repeating is a refresh).</summary>
internal static class Pair
{
    public static async Task BothAsync(Task first, Task second)
    {
        try
        {
            await first;
        }
        finally
        {
            await Quiet(second);
        }

        await second;
    }

    /// <summary>The answers of both; one failure is forgiven when the other answered.</summary>
    public static async Task<(T? First, T? Second)> AskBothAsync<T>(Task<T> first, Task<T> second)
    {
        await Quiet(first);
        await Quiet(second);
        return first.IsCompletedSuccessfully || second.IsCompletedSuccessfully
            ? (first.IsCompletedSuccessfully ? await first : default, second.IsCompletedSuccessfully ? await second : default)
            : (await first, await second);
    }

    private static async Task Quiet(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Told by whoever awaits the task for its outcome.
        }
    }
}

/// <summary>dmsg entries: written to both. Sequences only have to grow, so that the higher of two counts.</summary>
internal sealed class PairedDmsgDiscovery(IDmsgDiscovery named, IDmsgDiscovery box) : IDmsgDiscovery
{
    /// <inheritdoc/>
    public async Task<DmsgEntry?> GetEntryAsync(PubKey key, CancellationToken cancellationToken)
    {
        var (first, second) = await Pair.AskBothAsync(named.GetEntryAsync(key, cancellationToken), box.GetEntryAsync(key, cancellationToken));
        return first is null || second?.Sequence > first.Sequence ? second : first;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DmsgEntry>> GetAvailableServersAsync(CancellationToken cancellationToken) => MergeAsync(named.GetAvailableServersAsync(cancellationToken), box.GetAvailableServersAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DmsgEntry>> GetAllServersAsync(CancellationToken cancellationToken) => MergeAsync(named.GetAllServersAsync(cancellationToken), box.GetAllServersAsync(cancellationToken));

    /// <inheritdoc/>
    public async Task PostEntryAsync(DmsgEntry entry, CancellationToken cancellationToken)
    {
        var (first, second) = (named.PostEntryAsync(entry, cancellationToken), box.PostEntryAsync(entry, cancellationToken));
        try
        {
            await Pair.BothAsync(first, second);
        }
        catch (ServiceException e) when (!e.IsSequenceClash && (first.IsCompletedSuccessfully || second.IsCompletedSuccessfully))
        {
            throw new ServiceException(e.Service, e.Status, e.Reason, e) { IsPartial = true };
        }
    }

    /// <inheritdoc/>
    public Task DeleteEntryAsync(DmsgEntry entry, CancellationToken cancellationToken) => Pair.BothAsync(named.DeleteEntryAsync(entry, cancellationToken), box.DeleteEntryAsync(entry, cancellationToken));

    private static async Task<IReadOnlyList<DmsgEntry>> MergeAsync(Task<IReadOnlyList<DmsgEntry>> first, Task<IReadOnlyList<DmsgEntry>> second)
    {
        var (one, two) = await Pair.AskBothAsync(first, second);
        return [.. (one ?? []).Concat(two ?? []).DistinctBy(e => e.Static)];
    }
}

/// <summary>Transports: told to both.</summary>
internal sealed class PairedTransportDiscovery(ITransportDiscovery named, ITransportDiscovery box) : ITransportDiscovery
{
    /// <inheritdoc/>
    public Task RegisterAsync(IReadOnlyList<SignedTransportEntry> entries, CancellationToken cancellationToken) => Pair.BothAsync(named.RegisterAsync(entries, cancellationToken), box.RegisterAsync(entries, cancellationToken));

    /// <inheritdoc/>
    public Task ReregisterAsync(IReadOnlyList<TransportEntry> entries, CancellationToken cancellationToken) => Pair.BothAsync(named.ReregisterAsync(entries, cancellationToken), box.ReregisterAsync(entries, cancellationToken));

    /// <inheritdoc/>
    public async Task<TransportEntry?> GetByIdAsync(TransportId id, CancellationToken cancellationToken)
    {
        var (first, second) = await Pair.AskBothAsync(named.GetByIdAsync(id, cancellationToken), box.GetByIdAsync(id, cancellationToken));
        return first ?? second;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TransportEntry>> GetByEdgeAsync(PubKey edge, CancellationToken cancellationToken)
    {
        var (first, second) = await Pair.AskBothAsync(named.GetByEdgeAsync(edge, cancellationToken), box.GetByEdgeAsync(edge, cancellationToken));
        return [.. (first ?? []).Concat(second ?? []).DistinctBy(e => e.Id)];
    }

    /// <inheritdoc/>
    public Task DeleteAsync(TransportId id, CancellationToken cancellationToken) => Pair.BothAsync(named.DeleteAsync(id, cancellationToken), box.DeleteAsync(id, cancellationToken));
}

/// <summary>Paths: to members the box is asked first, to others the named finder; the other one when the first knows none.</summary>
internal sealed class PairedRouteFinder(IRouteFinder named, IRouteFinder box, Func<PubKey, bool> isMember) : IRouteFinder
{
    /// <inheritdoc/>
    public async Task<FoundRoutes?> FindRoutesAsync(PubKey source, PubKey destination, int minHops, int maxHops, CancellationToken cancellationToken)
    {
        var (first, second) = isMember(destination) ? (box, named) : (named, box);
        try
        {
            if (await first.FindRoutesAsync(source, destination, minHops, maxHops, cancellationToken) is { } found)
            {
                return found;
            }
        }
        catch (IOException)
        {
            // Counted where it happened; the other one may know.
        }

        return await second.FindRoutesAsync(source, destination, minHops, maxHops, cancellationToken);
    }
}

/// <summary>Listings: told to both, read from both.</summary>
internal sealed class PairedServiceDiscovery(IServiceDiscovery named, IServiceDiscovery box) : IServiceDiscovery
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ServiceRecord>> ListAsync(string type, CancellationToken cancellationToken)
    {
        var (first, second) = await Pair.AskBothAsync(named.ListAsync(type, cancellationToken), box.ListAsync(type, cancellationToken));
        return [.. (second ?? []).Concat(first ?? []).DistinctBy(r => (r.Key, r.Port))];
    }

    /// <inheritdoc/>
    public Task RegisterAsync(ServiceRecord record, CancellationToken cancellationToken) => Pair.BothAsync(named.RegisterAsync(record, cancellationToken), box.RegisterAsync(record, cancellationToken));

    /// <inheritdoc/>
    public Task DeleteAsync(ServiceRecord record, CancellationToken cancellationToken) => Pair.BothAsync(named.DeleteAsync(record, cancellationToken), box.DeleteAsync(record, cancellationToken));
}
