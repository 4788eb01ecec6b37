// What a setup node, or a neighbour setting up one hop, may have done here (spec 13 §5).
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing;

public sealed partial class Router
{
    /// <inheritdoc/>
    public uint[]? ReserveIds(PubKey caller, int count) => Table.Reserve(caller, count);

    /// <inheritdoc/>
    public string AddIntermediaryRules(PubKey caller, IReadOnlyList<byte[]> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var parsed = new List<RoutingRule>(rules.Count);
        foreach (var bytes in rules)
        {
            if (!RoutingRule.TryParse(bytes, out var rule) || rule!.Type != RuleType.Intermediary)
            {
                return Refuse(ProtocolError.BadRule, "malformed intermediary rule");
            }

            if (!Table.IsReserved(rule.KeyRouteId, caller))
            {
                return Refuse(ProtocolError.BadRule, $"route ID {rule.KeyRouteId} was not reserved by this caller");
            }

            if (Resolve(rule) is null)
            {
                return Refuse(ProtocolError.NextTransportGone, $"transport {rule.NextTransportId} does not exist here");
            }

            parsed.Add(rule);
        }

        for (var i = 0; i < parsed.Count; i++)
        {
            if (!Table.Save(parsed[i], caller))
            {
                // Only an ID named twice gets here, or one whose reservation ended this moment: all or nothing.
                parsed[..i].ForEach(rule => Table.Remove(rule));
                return $"route ID {parsed[i].KeyRouteId} is taken";
            }
        }

        return "";
    }

    /// <inheritdoc/>
    public string AddEdgeRules(PubKey caller, EdgeRules rules)
    {
        var reason = TryCreateGroup(caller, rules, isInitiator: false, incoming: null, out var group);
        if (group is null)
        {
            return reason;
        }

        Own(RespondAsync(group));
        return "";
    }

    /// <summary>Stores the rules of this end of an own dial. From here on the group owns the local port. Throws <see cref="ProtocolException"/>.</summary>
    internal RouteGroup Prepare(EdgeRules rules, TransportId incoming)
    {
        var reason = TryCreateGroup(caller: null, rules, isInitiator: true, _transports.Find(incoming), out var group);
        return group ?? throw new ProtocolException(ProtocolError.BadRule, reason);
    }

    /// <summary>Opens an own group. Throws <see cref="ProtocolException"/>.</summary>
    internal async Task OpenAsync(RouteGroup group, CancellationToken cancellationToken)
    {
        await group.OpenAsync(cancellationToken);
        Establish(group);
    }

    /// <summary>Why a dial to this port is refused now; null when it is welcome.</summary>
    internal string? RefusalOf(ushort port)
    {
        RouteListener? listener;
        lock (_gate)
        {
            _listeners.TryGetValue(port, out listener);
        }

        return listener is null ? NoListenerOn(port) : listener.IsFull ? BusyListenerOn(port) : null;
    }

    // The group exists before its rules do, so no packet can meet a rule without a group; what comes before the handshake is over waits in the group's ring.
    private string TryCreateGroup(PubKey? caller, EdgeRules rules, bool isInitiator, ITransport? incoming, out RouteGroup? group)
    {
        group = null;
        if (!RoutingRule.TryParse(rules.Forward, out var forward) || forward!.Type != RuleType.Forward || !RoutingRule.TryParse(rules.Reverse, out var consume) || consume!.Type != RuleType.Consume)
        {
            return Refuse(ProtocolError.BadRule, "malformed edge rules");
        }

        // Desc reads "from the remote to me", as the consume rule does; the forward rule leads away (spec 13 §4).
        if (rules.Descriptor.DestinationKey != LocalKey || consume.Descriptor != rules.Descriptor || forward.Descriptor != rules.Descriptor.Inverted)
        {
            return Refuse(ProtocolError.BadRule, "the descriptors of the edge rules do not belong to this visor and to each other");
        }

        if (!Table.IsReserved(forward.KeyRouteId, caller) || !Table.IsReserved(consume.KeyRouteId, caller))
        {
            return Refuse(ProtocolError.BadRule, "the route IDs of the edge rules were not reserved by this caller");
        }

        if (Resolve(forward) is null)
        {
            return Refuse(ProtocolError.NextTransportGone, $"transport {forward.NextTransportId} does not exist here");
        }

        consume.Incoming = incoming;
        return TryCreateGroup(caller, rules.Descriptor, forward, consume, isInitiator, out group);
    }

    private string TryCreateGroup(PubKey? caller, RouteDescriptor descriptor, RoutingRule forward, RoutingRule consume, bool isInitiator, out RouteGroup? group)
    {
        group = null;
        var created = new RouteGroup(this, descriptor, forward, consume, isInitiator);
        if (Register(created) is { } reason)
        {
            return reason;
        }

        forward.Group = created;
        consume.Group = created;
        if (!Table.Save(forward, caller) || !Table.Save(consume, caller))
        {
            Table.Remove(forward);
            Table.Remove(consume);
            Discard(created);
            return "a route ID of the edge rules is taken";
        }

        group = created;
        return "";
    }

    private async Task RespondAsync(RouteGroup group)
    {
        await Task.Yield();
        try
        {
            await group.OpenAsync(_life.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (ProtocolException e)
        {
            Causes.Add(e.Error);
            Log.ResponderFailed(_log, group.Descriptor, e.Error, e.Message);
            return;
        }

        Establish(group);
        RouteListener? listener;
        lock (_gate)
        {
            _listeners.TryGetValue(group.Descriptor.DestinationPort, out listener);
        }

        if (listener is null || !listener.TryEnqueue(group))
        {
            Causes.Add(ProtocolError.NoListener);
            group.EndWithError(ProtocolError.NoListener, RefusalOf(group.Descriptor.DestinationPort) ?? NoListenerOn(group.Descriptor.DestinationPort));
            group.Abort();
        }
    }

    private string Refuse(ProtocolError cause, string reason)
    {
        Causes.Add(cause);
        Log.RulesRefused(_log, cause, reason);
        return reason;
    }
}
