// The gob types of route set-up (spec 13 §3.4): Go declarations on one side, our records on the other.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire.Gob;

namespace Skywire.Routing.Setup;

/// <summary>Types, method names and conversions. Reading never throws: false for whatever does not have the right shape.</summary>
internal static class SetupGob
{
    public const string DialRouteGroup = "SetupRPCGateway.DialRouteGroup";
    public const string ReserveIds = "RPCGateway.ReserveIDs";
    public const string AddIntermediaryRules = "RPCGateway.AddIntermediaryRules";
    public const string AddEdgeRules = "RPCGateway.AddEdgeRules";

    /// <summary>Most hops of one direction taken from a peer: the reference asks the finder for at most 1000 (spec 12 §4).</summary>
    public const int MaxHops = 1000;

    /// <summary>Most rules of one call: a visor has two per pass of a path.</summary>
    public const int MaxRules = 256;

    public static readonly GobType DescriptorType = new GobType.Array("RouteDescriptor", GobType.UInt, RouteDescriptor.Size);
    public static readonly GobType EdgeRulesType = new GobType.Struct("EdgeRules", new("Desc", DescriptorType), new("Forward", GobType.Bytes), new("Reverse", GobType.Bytes));
    public static readonly GobType RulesType = new GobType.Slice("", GobType.Bytes);
    public static readonly GobType RouteIdsType = new GobType.Slice("", GobType.UInt);

    private static readonly GobType HopType = new GobType.Struct("Hop", new("TpID", new GobType.Opaque("UUID")), new("From", new GobType.Opaque("PubKey")), new("To", new GobType.Opaque("PubKey")));
    private static readonly GobType HopsType = new GobType.Slice("[]routing.Hop", HopType);

    public static readonly GobType RouteType = new GobType.Struct("BidirectionalRoute", new("Desc", DescriptorType), new("KeepAlive", GobType.Int), new("Forward", HopsType), new("Reverse", HopsType));

    public static GobValue Of(BidirectionalRoute route) => GobValue.OfStruct(
        ("Desc", GobValue.OfByteArray(route.Descriptor.ToBytes())),
        ("KeepAlive", GobValue.Of(route.KeepAlive.Ticks * TimeSpan.NanosecondsPerTick)),
        ("Forward", Of(route.Forward)),
        ("Reverse", Of(route.Reverse)));

    public static GobValue Of(EdgeRules rules) => GobValue.OfStruct(
        ("Desc", GobValue.OfByteArray(rules.Descriptor.ToBytes())),
        ("Forward", GobValue.Of(rules.Forward)),
        ("Reverse", GobValue.Of(rules.Reverse)));

    public static GobValue Of(IReadOnlyList<byte[]> rules) => GobValue.OfList([.. rules.Select(GobValue.Of)]);

    public static GobValue Of(uint[] ids) => GobValue.OfList([.. ids.Select(id => GobValue.Of((ulong)id))]);

    public static bool TryRead(GobValue value, out BidirectionalRoute? route)
    {
        route = null;
        var nanoseconds = value["KeepAlive"].AsInt;
        if (!TryReadDescriptor(value["Desc"], out var descriptor) || nanoseconds <= 0 || !TryReadHops(value["Forward"], out var forward) || !TryReadHops(value["Reverse"], out var reverse))
        {
            return false;
        }

        route = new(descriptor, TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick), forward, reverse);
        return true;
    }

    public static bool TryRead(GobValue value, out EdgeRules? rules)
    {
        rules = TryReadDescriptor(value["Desc"], out var descriptor) ? new(descriptor, value["Forward"].AsBytes, value["Reverse"].AsBytes) : null;
        return rules is not null;
    }

    public static bool TryRead(GobValue value, out byte[][]? rules)
    {
        rules = value.Items.Count <= MaxRules && value.Items.All(item => item.Kind == GobValue.ValueKind.Bytes) ? [.. value.Items.Select(item => item.AsBytes)] : null;
        return rules is not null;
    }

    public static bool TryRead(GobValue value, int count, out uint[]? ids)
    {
        ids = value.Items.Count == count && value.Items.All(item => item.Kind == GobValue.ValueKind.UInt && item.AsUInt is > 0 and <= uint.MaxValue) ? [.. value.Items.Select(item => (uint)item.AsUInt)] : null;
        return ids is not null;
    }

    private static GobValue Of(IReadOnlyList<RouteHop> hops) => GobValue.OfList([.. hops.Select(Of)]);

    private static GobValue Of(RouteHop hop)
    {
        var id = new byte[TransportId.Size];
        hop.TransportId.CopyTo(id);
        return GobValue.OfStruct(("TpID", GobValue.Of(id)), ("From", GobValue.Of(hop.From.ToBytes())), ("To", GobValue.Of(hop.To.ToBytes())));
    }

    private static bool TryReadDescriptor(GobValue value, out RouteDescriptor descriptor)
    {
        Span<byte> bytes = stackalloc byte[RouteDescriptor.Size];
        descriptor = default;
        return value.TryCopyByteArray(bytes) && RouteDescriptor.TryRead(bytes, out descriptor);
    }

    private static bool TryReadHops(GobValue value, out RouteHop[] hops)
    {
        hops = [];
        if (value.Items.Count > MaxHops)
        {
            return false;
        }

        var list = new RouteHop[value.Items.Count];
        for (var i = 0; i < list.Length; i++)
        {
            var item = value.Items[i];
            var id = item["TpID"].AsBytes;
            if (id.Length != TransportId.Size || !PubKey.TryParse(item["From"].AsBytes, out var from) || !PubKey.TryParse(item["To"].AsBytes, out var to))
            {
                return false;
            }

            list[i] = new(TransportId.Read(id), from, to);
        }

        hops = list;
        return true;
    }
}
