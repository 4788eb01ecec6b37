// What a setup node computes: which rule goes to which visor (spec 13 §4). Pure: no IO.
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Routing.Setup;

/// <summary>The rules of one route. Intermediary rules are grouped by visor, in the order of first use.</summary>
internal sealed record RulePlan(EdgeRules Initiator, EdgeRules Responder, IReadOnlyList<KeyValuePair<PubKey, IReadOnlyList<byte[]>>> Intermediary)
{
    /// <summary>Why a route cannot be set up, in the order of the reference's test and then the chain test; null when it can.</summary>
    public static string? Validate(BidirectionalRoute route)
    {
        var (source, destination) = (route.Descriptor.SourceKey, route.Descriptor.DestinationKey);
        if (route.Forward.Count == 0 || route.Reverse.Count == 0)
        {
            return "a path is empty";
        }

        if (route.Forward[0].From != source || route.Forward[^1].To != destination)
        {
            return "the forward path does not lead from the source to the destination";
        }

        if (route.Reverse[0].From != destination || route.Reverse[^1].To != source)
        {
            return "the reverse path does not lead from the destination to the source";
        }

        return IsChain(route.Forward) && IsChain(route.Reverse) ? null : "a path is broken: a hop does not start where the one before ends";
    }

    /// <summary>IDs to reserve, in the order of first use: one per path for its first visor and one for the end of each hop.</summary>
    public static IReadOnlyList<KeyValuePair<PubKey, int>> CountIds(BidirectionalRoute route)
    {
        var counts = new OrderedDictionary<PubKey, int>();
        foreach (var path in new[] { route.Forward, route.Reverse })
        {
            Add(path[0].From);
            foreach (var hop in path)
            {
                Add(hop.To);
            }
        }

        return [.. counts];

        void Add(PubKey key) => counts[key] = counts.GetValueOrDefault(key) + 1;
    }

    /// <summary>Makes the rules from the reserved IDs, used front to back; forward path first. Null: a visor has too few IDs.</summary>
    public static RulePlan? Build(BidirectionalRoute route, IReadOnlyDictionary<PubKey, Queue<uint>> ids)
    {
        var intermediary = new OrderedDictionary<PubKey, List<byte[]>>();
        var there = BuildPath(route.Forward, route.Descriptor, route.KeepAlive, ids, intermediary);
        var back = there is null ? null : BuildPath(route.Reverse, route.Descriptor.Inverted, route.KeepAlive, ids, intermediary);
        if (there is not { } forward || back is not { } reverse)
        {
            return null;
        }

        return new RulePlan(
            new EdgeRules(route.Descriptor.Inverted, forward.Start, reverse.End),
            new EdgeRules(route.Descriptor, reverse.Start, forward.End),
            [.. intermediary.Select(pair => KeyValuePair.Create(pair.Key, (IReadOnlyList<byte[]>)pair.Value))]);
    }

    private static (byte[] Start, byte[] End)? BuildPath(IReadOnlyList<RouteHop> path, RouteDescriptor descriptor, TimeSpan keepAlive, IReadOnlyDictionary<PubKey, Queue<uint>> ids, OrderedDictionary<PubKey, List<byte[]>> intermediary)
    {
        if (!TryPop(path[0].From, out var key))
        {
            return null;
        }

        byte[] start = [];
        for (var i = 0; i < path.Count; i++)
        {
            if (!TryPop(path[i].To, out var next))
            {
                return null;
            }

            if (i == 0)
            {
                start = RoutingRule.Forward(keepAlive, key, next, path[i].TransportId, descriptor).ToBytes();
            }
            else
            {
                if (!intermediary.TryGetValue(path[i].From, out var rules))
                {
                    intermediary.Add(path[i].From, rules = []);
                }

                rules.Add(RoutingRule.Intermediary(keepAlive, key, next, path[i].TransportId).ToBytes());
            }

            key = next;
        }

        return (start, RoutingRule.Consume(keepAlive, key, descriptor).ToBytes());

        bool TryPop(PubKey visor, out uint id)
        {
            id = 0;
            return ids.TryGetValue(visor, out var queue) && queue.TryDequeue(out id);
        }
    }

    private static bool IsChain(IReadOnlyList<RouteHop> path)
    {
        for (var i = 1; i < path.Count; i++)
        {
            if (path[i].From != path[i - 1].To)
            {
                return false;
            }
        }

        return true;
    }
}
