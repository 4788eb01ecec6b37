// Shortest paths over the stored transports (spec 11 §5).
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Services.Store;
using Skywire.Services.TransportDiscovery;

namespace Skywire.Services.RouteFinder;

/// <summary>Why there is no path.</summary>
internal enum RouteSearchOutcome
{
    /// <summary>Paths were found.</summary>
    Found,

    /// <summary>The source has no transports, or no path keeps the limits.</summary>
    TransportNotFound,

    /// <summary>The destination cannot be reached from the source.</summary>
    NoRoute,
}

/// <summary>
/// Breadth-first search from a source; every transport into the destination gives one candidate, which is the shortest path to its near end and then that transport.
/// A candidate never passes the destination on its way; a path from a key to itself goes out to a neighbour and back. One search serves one store transaction.
/// </summary>
internal sealed class RouteSearch(IStoreReader reader, TransportCache cache)
{
    /// <summary>Most paths returned, as in the reference.</summary>
    public const int MaxPaths = 5;

    /// <summary>Most visors looked at: bounds the time one request holds the store.</summary>
    private const int MaxVisited = 20_000;

    private readonly record struct Edge(TransportId Id, PubKey To, DateTimeOffset LastUpdate);

    private readonly record struct Visit(PubKey From, TransportId Id, int Hops, DateTimeOffset Oldest);

    private readonly Dictionary<PubKey, List<Edge>> _edges = [];

    /// <summary>Paths of minHops to maxHops hops, shortest first, then those whose oldest transport was heard of last.</summary>
    public RouteSearchOutcome Find(PubKey source, PubKey destination, int minHops, int maxHops, out IReadOnlyList<IReadOnlyList<RouteHop>> paths)
    {
        paths = [];
        if (EdgesOf(source).Count == 0)
        {
            return RouteSearchOutcome.TransportNotFound;
        }

        var visited = Walk(source, destination, maxHops);
        var reached = false;
        var candidates = new List<(Edge Last, Visit Near, PubKey Via)>();
        foreach (var last in EdgesOf(destination))
        {
            // Edges are symmetric: those of the destination lead to its neighbours.
            if (visited.TryGetValue(last.To, out var near) && last.To != destination)
            {
                reached = true;
                if (near.Hops + 1 >= minHops && near.Hops + 1 <= maxHops)
                {
                    candidates.Add((last, near, last.To));
                }
            }
        }

        paths = [.. candidates
            .OrderBy(c => c.Near.Hops)
            .ThenByDescending(c => c.Last.LastUpdate < c.Near.Oldest ? c.Last.LastUpdate : c.Near.Oldest)
            .ThenBy(c => c.Last.Id)
            .Take(MaxPaths)
            .Select(c => PathOf(source, destination, c.Via, c.Last.Id, visited))];
        return paths.Count > 0 ? RouteSearchOutcome.Found : reached || maxHops < 1 ? RouteSearchOutcome.TransportNotFound : RouteSearchOutcome.NoRoute;
    }

    private Dictionary<PubKey, Visit> Walk(PubKey source, PubKey destination, int maxHops)
    {
        var visited = new Dictionary<PubKey, Visit> { [source] = new(source, default, 0, DateTimeOffset.MaxValue) };
        var queue = new Queue<PubKey>([source]);
        while (queue.TryDequeue(out var at) && visited.Count < MaxVisited)
        {
            var here = visited[at];

            // Nothing beyond the destination, and nothing a last hop could not complete within the limit.
            if ((at == destination && at != source) || here.Hops + 1 >= maxHops)
            {
                continue;
            }

            foreach (var edge in EdgesOf(at))
            {
                var oldest = edge.LastUpdate < here.Oldest ? edge.LastUpdate : here.Oldest;
                if (visited.TryAdd(edge.To, new Visit(at, edge.Id, here.Hops + 1, oldest)))
                {
                    queue.Enqueue(edge.To);
                }
            }
        }

        return visited;
    }

    private static List<RouteHop> PathOf(PubKey source, PubKey destination, PubKey via, TransportId last, Dictionary<PubKey, Visit> visited)
    {
        var hops = new List<RouteHop> { new(last, via, destination) };
        for (var at = via; at != source; at = visited[at].From)
        {
            hops.Add(new RouteHop(visited[at].Id, visited[at].From, at));
        }

        hops.Reverse();
        return hops;
    }

    /// <summary>Transports of a visor to others, the one heard of last first: between two visors that one is taken.</summary>
    private List<Edge> EdgesOf(PubKey key)
    {
        if (_edges.TryGetValue(key, out var known))
        {
            return known;
        }

        var edges = new List<Edge>();
        foreach (var stored in TransportStore.OfEdge(reader, key))
        {
            if (cache.Parse(stored) is { } entry && entry.Edge0 != entry.Edge1)
            {
                edges.Add(new Edge(entry.Id, entry.RemoteOf(key), stored.LastUpdate));
            }
        }

        edges.Sort((a, b) => b.LastUpdate != a.LastUpdate ? b.LastUpdate.CompareTo(a.LastUpdate) : a.Id.CompareTo(b.Id));
        _edges.Add(key, edges);
        return edges;
    }
}
