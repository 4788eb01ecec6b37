// Unmarshalling (D-Bus specification 0.43, "Marshaling"), both byte orders. The bytes are a peer's: every length is checked against what is there before anything is made of it.
using System.Buffers.Binary;
using System.Text;

namespace Skywire.Linux.DBus;

/// <summary>Reads values one after the other. After a method returned false the reader is of no more use.</summary>
internal ref struct DBusReader
{
    /// <summary>Most values of one message. A short text can nest structs that cost a hundred times its size in memory; this bounds them.</summary>
    public const int MaxValues = 64 * 1024;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _isBigEndian;
    private int _values;

    /// <summary>Reads from <paramref name="position"/>. Alignment counts from the start of <paramref name="bytes"/>.</summary>
    public DBusReader(ReadOnlySpan<byte> bytes, bool isBigEndian, int position)
    {
        _bytes = bytes;
        _isBigEndian = isBigEndian;
        Position = position;
    }

    /// <summary>Where the next value (or its padding) begins.</summary>
    public int Position { get; private set; }

    /// <summary>Reads all values of a signature.</summary>
    public bool TryReadAll(string signature, List<object> values)
    {
        for (var at = 0; at < signature.Length;)
        {
            var length = DBusSignatures.FirstType(signature.AsSpan(at));
            if (length == 0 || !TryRead(signature.AsSpan(at, length), 0, out var value))
            {
                return false;
            }

            values.Add(value);
            at += length;
        }

        return true;
    }

    /// <summary>Skips to a multiple of <paramref name="alignment"/>; false when that lies outside or the padding is not zero.</summary>
    public bool TryAlign(int alignment)
    {
        var padding = -Position & (alignment - 1);
        if (padding > _bytes.Length - Position || _bytes.Slice(Position, padding).ContainsAnyExcept((byte)0))
        {
            return false;
        }

        Position += padding;
        return true;
    }

    private bool TryRead(ReadOnlySpan<char> type, int depth, out object value)
    {
        value = "";
        if (depth > DBusSignatures.MaxDepth || ++_values > MaxValues || !TryAlign(DBusSignatures.Alignment(type[0])))
        {
            return false;
        }

        switch (type[0])
        {
            case 's':
                return TryReadText(out value);
            case 'o':
                var isPath = TryReadText(out value) && IsPath((string)value);
                value = new DBusPath(value as string ?? "");
                return isPath;
            case 'g':
                var isSignature = TryReadSignature(out var signature);
                value = new DBusSignature(signature);
                return isSignature;
            case 'v':
                return TryReadVariant(depth, out value);
            case 'a':
                return TryReadArray(type[1..], depth, out value);
            case '(':
                return TryReadStruct(type[1..^1], depth, out value);
            default:
                return TryReadNumber(type[0], out value);
        }
    }

    private bool TryReadNumber(char type, out object value)
    {
        var size = type == 'h' ? 4 : DBusSignatures.Alignment(type);
        value = "";
        if (!TryTake(size, out var bytes))
        {
            return false;
        }

        // Turned once into the order of this reader's primitives.
        Span<byte> little = stackalloc byte[8];
        little = little[..size];
        bytes.CopyTo(little);
        if (_isBigEndian)
        {
            little.Reverse();
        }

        value = type switch
        {
            'y' => little[0],
            'b' => BinaryPrimitives.ReadUInt32LittleEndian(little) != 0,
            'n' => BinaryPrimitives.ReadInt16LittleEndian(little),
            'q' => BinaryPrimitives.ReadUInt16LittleEndian(little),
            'i' => BinaryPrimitives.ReadInt32LittleEndian(little),
            'u' => BinaryPrimitives.ReadUInt32LittleEndian(little),
            'x' => BinaryPrimitives.ReadInt64LittleEndian(little),
            't' => BinaryPrimitives.ReadUInt64LittleEndian(little),
            'd' => BinaryPrimitives.ReadDoubleLittleEndian(little),
            _ => new DBusHandle(BinaryPrimitives.ReadUInt32LittleEndian(little)),
        };

        // Only 0 and 1 are valid.
        return type != 'b' || BinaryPrimitives.ReadUInt32LittleEndian(little) <= 1;
    }

    private bool TryReadText(out object value)
    {
        value = "";
        if (!TryReadLength(out var length) || !TryTake(length, out var bytes) || !TryTake(1, out var end) || end[0] != 0 || bytes.Contains((byte)0))
        {
            return false;
        }

        return TryText(bytes, out value);
    }

    private bool TryReadSignature(out string signature)
    {
        signature = "";
        if (!TryTake(1, out var length) || !TryTake(length[0], out var bytes) || !TryTake(1, out var end) || end[0] != 0)
        {
            return false;
        }

        signature = Encoding.Latin1.GetString(bytes);
        return DBusSignatures.IsValid(signature);
    }

    private bool TryReadVariant(int depth, out object value)
    {
        value = "";
        if (!TryReadSignature(out var signature) || signature.Length == 0 || DBusSignatures.FirstType(signature) != signature.Length || !TryRead(signature, depth + 1, out var inner))
        {
            return false;
        }

        value = new DBusVariant(signature, inner);
        return true;
    }

    private bool TryReadArray(ReadOnlySpan<char> element, int depth, out object value)
    {
        value = "";

        // The length leaves out the padding before the first element, which is there even when there is none.
        if (!TryReadLength(out var length) || !TryAlign(DBusSignatures.Alignment(element[0])) || length > _bytes.Length - Position)
        {
            return false;
        }

        if (element is "y")
        {
            value = _bytes.Slice(Position, length).ToArray();
            Position += length;
            return true;
        }

        var end = Position + length;
        var items = new List<object>();
        while (Position < end)
        {
            if (!(element[0] == '{' ? TryReadEntry(element[1..^1], depth + 1, out var item) : TryRead(element, depth + 1, out item)))
            {
                return false;
            }

            items.Add(item);
        }

        value = new DBusArray(element.ToString(), items);
        return Position == end;
    }

    private bool TryReadEntry(ReadOnlySpan<char> types, int depth, out object entry)
    {
        entry = "";
        if (!TryAlign(8) || !TryRead(types[..1], depth, out var key) || !TryRead(types[1..], depth + 1, out var value))
        {
            return false;
        }

        entry = new DBusEntry(key, value);
        return true;
    }

    private bool TryReadStruct(ReadOnlySpan<char> types, int depth, out object value)
    {
        value = "";
        var fields = new List<object>();
        while (!types.IsEmpty)
        {
            var length = DBusSignatures.FirstType(types);
            if (length == 0 || !TryRead(types[..length], depth + 1, out var field))
            {
                return false;
            }

            fields.Add(field);
            types = types[length..];
        }

        value = new DBusStruct(fields);
        return true;
    }

    private bool TryReadLength(out int length)
    {
        length = 0;
        if (!TryTake(4, out var bytes))
        {
            return false;
        }

        var value = _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        length = (int)Math.Min(value, int.MaxValue);
        return value <= _bytes.Length;
    }

    private bool TryTake(int size, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (size > _bytes.Length - Position)
        {
            return false;
        }

        bytes = _bytes.Slice(Position, size);
        Position += size;
        return true;
    }

    private static bool TryText(ReadOnlySpan<byte> bytes, out object value)
    {
        try
        {
            value = Strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            value = "";
            return false;
        }
    }

    // "/" or "/name/name", names of letters, digits and underscores.
    private static bool IsPath(string text) => text == "/"
        || (text.StartsWith('/') && !text.EndsWith('/') && !text.Contains("//", StringComparison.Ordinal) && text.All(c => c is '/' or '_' || char.IsAsciiLetterOrDigit(c)));
}
