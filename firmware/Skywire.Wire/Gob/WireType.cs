// A type as the peer defined it on its stream (spec 04 §2, wireType).
namespace Skywire.Wire.Gob;

/// <summary>Which field of wireType is set; the number is its delta, the first byte of a definition.</summary>
internal enum WireKind
{
    Array = 1,
    Slice = 2,
    Struct = 3,
    Map = 4,
    GobEncoder = 5,
    BinaryMarshaler = 6,
    TextMarshaler = 7,
}

/// <summary>One definition. <paramref name="Element"/> and <paramref name="Key"/> are ids, resolved when a value is read, since definitions come in any order.</summary>
internal sealed record WireType(WireKind Kind, int Key, int Element, long Length, WireType.Field[] Fields)
{
    /// <summary>A field of a struct.</summary>
    internal readonly record struct Field(string Name, int Id);

    /// <summary>Reads what follows the negative id in a definition message. False for anything but exactly one well-formed wireType.</summary>
    public static bool TryRead(ref GobReader reader, int maxFields, out WireType type)
    {
        type = null!;
        if (!reader.TryReadUInt(out var kind) || kind is < (ulong)WireKind.Array or > (ulong)WireKind.TextMarshaler)
        {
            return false;
        }

        int key = 0, element = 0;
        long length = 0;
        Field[] fields = [];
        ulong number = 0;
        while (true)
        {
            if (!reader.TryReadUInt(out var delta))
            {
                return false;
            }

            if (delta == 0)
            {
                break;
            }

            // Beyond the third field there is none in any kind.
            number = delta > 3 ? 4 : number + delta;
            var ok = ((WireKind)kind, number) switch
            {
                (_, 1) => TryReadNameAndId(ref reader, out _),
                (WireKind.Array or WireKind.Slice, 2) => TryReadId(ref reader, out element),
                (WireKind.Array, 3) => reader.TryReadInt(out length) && length >= 0,
                (WireKind.Struct, 2) => TryReadFields(ref reader, maxFields, out fields),
                (WireKind.Map, 2) => TryReadId(ref reader, out key),
                (WireKind.Map, 3) => TryReadId(ref reader, out element),
                _ => false,
            };
            if (!ok)
            {
                return false;
            }
        }

        type = new WireType((WireKind)kind, key, element, length, fields);
        return reader.TryReadUInt(out var end) && end == 0;
    }

    private static bool TryReadFields(ref GobReader reader, int maxFields, out Field[] fields)
    {
        fields = [];
        if (!reader.TryReadCount(out var count) || count > maxFields)
        {
            return false;
        }

        fields = new Field[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadNameAndId(ref reader, out fields[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadNameAndId(ref GobReader reader, out Field field)
    {
        var name = "";
        var id = 0;
        field = default;
        ulong number = 0;
        while (reader.TryReadUInt(out var delta))
        {
            if (delta == 0)
            {
                field = new Field(name, id);
                return true;
            }

            number = delta > 2 ? 3 : number + delta;
            var ok = number switch
            {
                1 => reader.TryReadString(out name),
                2 => TryReadId(ref reader, out id),
                _ => false,
            };
            if (!ok)
            {
                return false;
            }
        }

        return false;
    }

    private static bool TryReadId(ref GobReader reader, out int id)
    {
        var ok = reader.TryReadInt(out var value) && value is > 0 and <= int.MaxValue;
        id = ok ? (int)value : 0;
        return ok;
    }
}
