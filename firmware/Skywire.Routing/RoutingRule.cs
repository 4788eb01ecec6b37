// One entry of the routing table: what a setup node sends, what the router obeys (spec 12 §3).
using System.Buffers.Binary;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport;

namespace Skywire.Routing;

/// <summary>Roles of a rule (spec 12 §3).</summary>
public enum RuleType : byte
{
    /// <summary>End of a direction: packets are delivered to the route group of the descriptor.</summary>
    Consume = 0,

    /// <summary>Start of a direction: the route group sends with the next ID over the next transport.</summary>
    Forward = 1,

    /// <summary>Middle of a direction: packets leave with the next ID over the next transport.</summary>
    Intermediary = 2,
}

/// <summary>
/// A routing rule. What came over the wire never changes; beside it the object carries what the router learns while using it
/// (last activity, resolved transports, the route group), so that one table look-up gives the hot path all it needs.
/// </summary>
public sealed class RoutingRule
{
    /// <summary>Bytes of a consume rule.</summary>
    public const int ConsumeSize = 83;

    /// <summary>Bytes of a forward rule, the 17 filler bytes included.</summary>
    public const int ForwardSize = 120;

    /// <summary>Bytes of an intermediary rule, the 17 filler bytes included.</summary>
    public const int IntermediarySize = 50;

    // The reference reserves 33 bytes for a 16-byte transport ID; senders may leave the rest out.
    private const int Filler = 17;
    private const int BodyOffset = 13;

    private readonly RouteDescriptor[]? _descriptor;
    private long _lastActive;
    private ITransport? _next;
    private ITransport? _incoming;
    private RouteGroup? _group;

    private RoutingRule(RuleType type, long keepAlive, uint keyRouteId, uint nextRouteId, TransportId nextTransportId, RouteDescriptor[]? descriptor)
    {
        Type = type;
        KeepAliveNanoseconds = keepAlive;
        KeyRouteId = keyRouteId;
        NextRouteId = nextRouteId;
        NextTransportId = nextTransportId;
        _descriptor = descriptor;
    }

    /// <summary>The role.</summary>
    public RuleType Type { get; }

    /// <summary>How long the rule lives without activity, in nanoseconds, as the dialler chose it.</summary>
    public long KeepAliveNanoseconds { get; }

    /// <summary>How long the rule lives without activity.</summary>
    public TimeSpan KeepAlive => TimeSpan.FromTicks(KeepAliveNanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>The ID packets carry when they meet this rule.</summary>
    public uint KeyRouteId { get; }

    /// <summary>The ID packets leave with; 0 for a consume rule.</summary>
    public uint NextRouteId { get; }

    /// <summary>The transport packets leave over; null ID for a consume rule.</summary>
    public TransportId NextTransportId { get; }

    /// <summary>Descriptor in the direction of travel; the default for an intermediary rule.</summary>
    public RouteDescriptor Descriptor => _descriptor is null ? default : _descriptor[0];

    /// <summary>Time stamp of the last activity, in units of the time provider. Written by any thread.</summary>
    internal long LastActive
    {
        get => Volatile.Read(ref _lastActive);
        set => Volatile.Write(ref _lastActive, value);
    }

    /// <summary>The keep-alive in time-stamp units; set when the rule is saved.</summary>
    internal long KeepAliveStamps { get; set; }

    /// <summary>Who reserved the ID; for the table's bookkeeping.</summary>
    internal object? Account { get; set; }

    /// <summary>The transport behind <see cref="NextTransportId"/> as last resolved.</summary>
    internal ITransport? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>The transport the direction arrives over, once known.</summary>
    internal ITransport? Incoming
    {
        get => Volatile.Read(ref _incoming);
        set => Volatile.Write(ref _incoming, value);
    }

    /// <summary>The route group of an edge rule.</summary>
    internal RouteGroup? Group
    {
        get => Volatile.Read(ref _group);
        set => Volatile.Write(ref _group, value);
    }

    /// <summary>A consume rule; the descriptor is that of the direction that ends here.</summary>
    public static RoutingRule Consume(TimeSpan keepAlive, uint keyRouteId, RouteDescriptor descriptor) =>
        new(RuleType.Consume, keepAlive.Ticks * TimeSpan.NanosecondsPerTick, keyRouteId, 0, default, [descriptor]);

    /// <summary>A forward rule; the descriptor is that of the direction that starts here.</summary>
    public static RoutingRule Forward(TimeSpan keepAlive, uint keyRouteId, uint nextRouteId, TransportId nextTransportId, RouteDescriptor descriptor) =>
        new(RuleType.Forward, keepAlive.Ticks * TimeSpan.NanosecondsPerTick, keyRouteId, nextRouteId, nextTransportId, [descriptor]);

    /// <summary>An intermediary rule.</summary>
    public static RoutingRule Intermediary(TimeSpan keepAlive, uint keyRouteId, uint nextRouteId, TransportId nextTransportId) =>
        new(RuleType.Intermediary, keepAlive.Ticks * TimeSpan.NanosecondsPerTick, keyRouteId, nextRouteId, nextTransportId, null);

    /// <summary>
    /// Parses the wire form: exactly the length of its type, with or without the filler. False for another length, an unknown type, route ID 0,
    /// a keep-alive that is not positive, or a descriptor with an invalid key. Never throws.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> source, out RoutingRule? rule)
    {
        rule = null;
        if (source.Length < BodyOffset)
        {
            return false;
        }

        var keepAlive = BinaryPrimitives.ReadInt64BigEndian(source);
        var type = (RuleType)source[8];
        var key = BinaryPrimitives.ReadUInt32BigEndian(source[9..]);
        var size = SizeOf(type);
        var lengthFits = source.Length == size || (type != RuleType.Consume && source.Length == size - Filler);
        if (size == 0 || !lengthFits || keepAlive <= 0 || key == 0)
        {
            return false;
        }

        var body = source[BodyOffset..];
        RouteDescriptor[]? descriptor = null;
        if (type != RuleType.Intermediary)
        {
            if (!RouteDescriptor.TryRead(body[..RouteDescriptor.Size], out var value))
            {
                return false;
            }

            descriptor = [value];
            body = body[RouteDescriptor.Size..];
        }

        if (type == RuleType.Consume)
        {
            rule = new(type, keepAlive, key, 0, default, descriptor);
            return true;
        }

        var next = BinaryPrimitives.ReadUInt32BigEndian(body);
        if (next == 0)
        {
            return false;
        }

        rule = new(type, keepAlive, key, next, TransportId.Read(body.Slice(sizeof(uint), TransportId.Size)), descriptor);
        return true;
    }

    /// <summary>The wire form, filler included.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[SizeOf(Type)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, KeepAliveNanoseconds);
        bytes[8] = (byte)Type;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(9), KeyRouteId);
        var body = bytes.AsSpan(BodyOffset);
        if (_descriptor is not null)
        {
            _descriptor[0].CopyTo(body);
            body = body[RouteDescriptor.Size..];
        }

        if (Type != RuleType.Consume)
        {
            BinaryPrimitives.WriteUInt32BigEndian(body, NextRouteId);
            NextTransportId.CopyTo(body[sizeof(uint)..]);
        }

        return bytes;
    }

    /// <summary>The text operators know from the reference: <c>REV(...)</c>, <c>FWD(...)</c>, <c>INTER(...)</c> (spec 12 §10).</summary>
    public override string ToString() => Type switch
    {
        RuleType.Consume => $"REV(keyRtID:{KeyRouteId}, {Descriptor})",
        RuleType.Forward => $"FWD(keyRtID:{KeyRouteId}, nxtRtID:{NextRouteId}, nxtTpID:{NextTransportId}, {Descriptor})",
        _ => $"INTER(keyRtID:{KeyRouteId}, nxtRtID:{NextRouteId}, nxtTpID:{NextTransportId})",
    };

    /// <summary>
    /// True when a packet may come in over <paramref name="source"/>. Rules do not say where their direction comes from, so the first packet that opens or
    /// carries a conversation teaches it (<paramref name="teaches"/>); a transport that came back under the same ID is the same one.
    /// </summary>
    internal bool Accepts(ITransport source, bool teaches)
    {
        var known = Incoming;
        if (ReferenceEquals(known, source))
        {
            return true;
        }

        if (known is null)
        {
            if (teaches)
            {
                Incoming = source;
            }

            return true;
        }

        if (known.Id != source.Id)
        {
            return false;
        }

        Incoming = source;
        return true;
    }

    private static int SizeOf(RuleType type) => type switch
    {
        RuleType.Consume => ConsumeSize,
        RuleType.Forward => ForwardSize,
        RuleType.Intermediary => IntermediarySize,
        _ => 0,
    };
}
