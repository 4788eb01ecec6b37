// The hot path: one table look-up, then one copy, either into the next transport or into a route group.
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing;

public sealed partial class Router
{
    // Shortest payload by type, 0 to 6. Shorter ones are neither delivered nor relayed: a 2024 visor panics on them (spec 12 §1.1).
    private static ReadOnlySpan<byte> ShortestPayload => [0, 1, 0, 1, 16, 16, 0];

    /// <inheritdoc/>
    public bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (FindFor(source, header) is not { } rule)
        {
            return true;
        }

        return rule.Type == RuleType.Intermediary ? Relay(rule, source, header, packet) : Deliver(rule, source, header, packet.Slice(PacketHeader.Size, header.PayloadSize));
    }

    /// <inheritdoc/>
    public ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken) => _refusals.WaitAsync(source, cancellationToken);

    /// <summary>A packet a visor sends to itself.</summary>
    internal bool TryDeliverLocal(ITransport source, PacketHeader header, ReadOnlySpan<byte> payload) =>
        FindFor(source, header) is not { Type: RuleType.Consume } rule || Deliver(rule, source, header, payload);

    // Cheapest test first. Null: dropped and counted.
    private RoutingRule? FindFor(ITransport source, PacketHeader header)
    {
        if (Table.Find(header.RouteId) is not { } rule)
        {
            Causes.Add(ProtocolError.RuleNotFound);
            return null;
        }

        var now = Time.GetTimestamp();
        if (now - rule.LastActive > rule.KeepAliveStamps)
        {
            Causes.Add(ProtocolError.RuleExpired);
            return null;
        }

        var type = (int)header.Type;
        if (type < ShortestPayload.Length && header.PayloadSize < ShortestPayload[type])
        {
            Causes.Add(ProtocolError.ShortPacket);
            return null;
        }

        // Nothing comes in for a forward rule: its direction starts here.
        if (rule.Type == RuleType.Forward || !rule.Accepts(source, teaches: header.Type is PacketType.Handshake or PacketType.Data))
        {
            Causes.Add(ProtocolError.WrongTransport);
            return null;
        }

        rule.LastActive = now;
        return rule;
    }

    private bool Relay(RoutingRule rule, ITransport source, PacketHeader header, Span<byte> packet)
    {
        if (Resolve(rule) is not { } next)
        {
            Causes.Add(ProtocolError.NextTransportGone);
            return true;
        }

        PacketHeader.Restamp(packet, rule.NextRouteId);
        if (!next.TrySendPacket(packet[..header.PacketSize]))
        {
            PacketHeader.Restamp(packet, header.RouteId);
            if (_refusals.ShouldWait(source, next))
            {
                return false;
            }

            Causes.Add(ProtocolError.NextTransportFull);
        }
        else if (_refusals.AnyPending)
        {
            _refusals.Clear(source, next);
        }

        if (header.Type == PacketType.Close)
        {
            Table.Remove(rule);
        }

        return true;
    }

    private bool Deliver(RoutingRule rule, ITransport source, PacketHeader header, ReadOnlySpan<byte> payload)
    {
        if (rule.Group is not { } group)
        {
            Causes.Add(ProtocolError.NoRouteGroup);
            return true;
        }

        if (header.Type == PacketType.Close)
        {
            // Code 1 retires one leg of several (2026); a group here has one, so every code ends it.
            Table.Remove(rule);
            group.ReceiveClose();
            return true;
        }

        if (group.TryReceive(header.Type, payload))
        {
            if (_refusals.AnyPending)
            {
                _refusals.Clear(source, group);
            }

            return true;
        }

        if (_refusals.ShouldWait(source, group))
        {
            return false;
        }

        Causes.Add(ProtocolError.ReceiverTooSlow);
        _refusals.Clear(source, group);
        group.EndWithError(ProtocolError.ReceiverTooSlow, "the app did not read for too long");
        return true;
    }
}
