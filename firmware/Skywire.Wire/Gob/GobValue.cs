// Gob values as a small tree: control messages only, never the hot path.
namespace Skywire.Wire.Gob;

/// <summary>
/// A value read from, or to be written to, a gob stream. Reading never throws: a missing field, or one of another kind, reads as the zero of the
/// kind asked for, as in Go; use the <c>Kind</c> where the difference matters.
/// </summary>
public sealed class GobValue
{
    /// <summary>Kinds of value.</summary>
    public enum ValueKind
    {
        /// <summary>Absent.</summary>
        Null,

        /// <summary>bool.</summary>
        Bool,

        /// <summary>Signed.</summary>
        Int,

        /// <summary>Unsigned.</summary>
        UInt,

        /// <summary>Double.</summary>
        Float,

        /// <summary>Bytes, or an opaque binary value.</summary>
        Bytes,

        /// <summary>Text.</summary>
        String,

        /// <summary>Slice or array.</summary>
        List,

        /// <summary>Struct.</summary>
        Struct,

        /// <summary>Map: list of alternating keys and values.</summary>
        Map,
    }

    private static readonly GobValue True = new(ValueKind.Bool, 1, null);
    private static readonly GobValue False = new(ValueKind.Bool, 0, null);
    private static readonly GobValue[] SmallUInts = MakeSmallUInts();

    private readonly ulong _bits;
    private readonly object? _object;

    private GobValue(ValueKind kind, ulong bits, object? value)
    {
        Kind = kind;
        _bits = bits;
        _object = value;
    }

    /// <summary>The kind.</summary>
    public ValueKind Kind { get; }

    /// <summary>The absent value.</summary>
    public static GobValue Null { get; } = new(ValueKind.Null, 0, null);

    /// <summary>The empty struct.</summary>
    public static GobValue EmptyStruct { get; } = OfStruct();

    /// <summary>A bool.</summary>
    public static GobValue Of(bool value) => value ? True : False;

    /// <summary>A signed integer.</summary>
    public static GobValue Of(long value) => new(ValueKind.Int, (ulong)value, null);

    /// <summary>An unsigned integer. Those of a byte are shared, since byte arrays travel one by one.</summary>
    public static GobValue Of(ulong value) => value < (ulong)SmallUInts.Length ? SmallUInts[value] : new(ValueKind.UInt, value, null);

    /// <summary>A double.</summary>
    public static GobValue Of(double value) => new(ValueKind.Float, BitConverter.DoubleToUInt64Bits(value), null);

    /// <summary>Bytes or an opaque value; the array is not copied.</summary>
    public static GobValue Of(byte[] value) => new(ValueKind.Bytes, 0, value);

    /// <summary>Text.</summary>
    public static GobValue Of(string value) => new(ValueKind.String, 0, value);

    /// <summary>A slice or array.</summary>
    public static GobValue OfList(IReadOnlyList<GobValue> items) => new(ValueKind.List, 0, items);

    /// <summary>A Go byte array ([n]byte), which travels as n unsigned integers.</summary>
    public static GobValue OfByteArray(ReadOnlySpan<byte> bytes)
    {
        var items = new GobValue[bytes.Length];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Of((ulong)bytes[i]);
        }

        return OfList(items);
    }

    /// <summary>A struct by field names; the order is that of the type.</summary>
    public static GobValue OfStruct(params (string Name, GobValue Value)[] fields)
    {
        var map = new Dictionary<string, GobValue>(fields.Length);
        foreach (var (name, value) in fields)
        {
            map[name] = value;
        }

        return new(ValueKind.Struct, 0, map);
    }

    /// <summary>A struct over a dictionary made for it; not copied.</summary>
    internal static GobValue OfFields(Dictionary<string, GobValue> fields) => new(ValueKind.Struct, 0, fields);

    /// <summary>A map as alternating keys and values.</summary>
    public static GobValue OfMap(IReadOnlyList<GobValue> keysAndValues) => new(ValueKind.Map, 0, keysAndValues);

    /// <summary>A field of a struct; <see cref="Null"/> when it was not sent.</summary>
    public GobValue this[string field] => _object is Dictionary<string, GobValue> map && map.TryGetValue(field, out var value) ? value : Null;

    /// <summary>Elements of a list or map; empty otherwise.</summary>
    public IReadOnlyList<GobValue> Items => _object as IReadOnlyList<GobValue> ?? [];

    /// <summary>Field names of a struct that were sent.</summary>
    public IEnumerable<string> FieldNames => (_object as Dictionary<string, GobValue>)?.Keys ?? Enumerable.Empty<string>();

    /// <summary>As bool.</summary>
    public bool AsBool => Kind == ValueKind.Bool && _bits != 0;

    /// <summary>As signed.</summary>
    public long AsInt => Kind == ValueKind.Int ? (long)_bits : 0;

    /// <summary>As unsigned.</summary>
    public ulong AsUInt => Kind == ValueKind.UInt ? _bits : 0;

    /// <summary>As double.</summary>
    public double AsFloat => Kind == ValueKind.Float ? BitConverter.UInt64BitsToDouble(_bits) : 0;

    /// <summary>As bytes.</summary>
    public byte[] AsBytes => _object as byte[] ?? [];

    /// <summary>As text.</summary>
    public string AsString => _object as string ?? "";

    /// <summary>A list of unsigned integers as the bytes of a Go byte array; false when the length differs or an element is above 255.</summary>
    public bool TryCopyByteArray(Span<byte> destination)
    {
        var items = Items;
        if (Kind != ValueKind.List || items.Count != destination.Length)
        {
            return false;
        }

        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Kind != ValueKind.UInt || items[i]._bits > 255)
            {
                return false;
            }

            destination[i] = (byte)items[i]._bits;
        }

        return true;
    }

    private static GobValue[] MakeSmallUInts()
    {
        var values = new GobValue[256];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new GobValue(ValueKind.UInt, (ulong)i, null);
        }

        return values;
    }
}
