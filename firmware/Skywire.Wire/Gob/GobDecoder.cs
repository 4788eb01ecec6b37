// Reads gob streams of any shape into value trees (spec 04 §2, §3).
using System.Buffers;

namespace Skywire.Wire.Gob;

/// <summary>Reads one gob stream. Type ids are taken from the stream. Never throws for input; limits are those of <see cref="GobLimits"/>. Not thread-safe.</summary>
public sealed class GobDecoder
{
    private const int BoolId = 1;
    private const int IntId = 2;
    private const int UIntId = 3;
    private const int FloatId = 4;
    private const int BytesId = 5;
    private const int StringId = 6;
    private const int ComplexId = 7;
    private const int InterfaceId = 8;

    private readonly GobLimits _limits;
    private readonly Dictionary<int, WireType> _types = [];
    private int _values;

    /// <summary>A decoder with the default limits.</summary>
    public GobDecoder()
        : this(GobLimits.Default)
    {
    }

    /// <summary>A decoder for a new stream.</summary>
    public GobDecoder(GobLimits limits)
    {
        _limits = limits;
    }

    /// <summary>True once nothing more can be read: a boundary or a definition was wrong.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>
    /// Reads definitions and the next value. <see cref="OperationStatus.Done"/>: <paramref name="value"/> is set and <paramref name="consumed"/> bytes were used.
    /// <see cref="OperationStatus.NeedMoreData"/>: nothing was consumed. <see cref="OperationStatus.InvalidData"/>: when <see cref="IsBroken"/> the stream is lost for
    /// good; otherwise one value could not be read, <paramref name="consumed"/> goes past it and the next may be tried, as net/rpc wants for arguments.
    /// Interface values read as what they hold, complex numbers as a list of two.
    /// </summary>
    public OperationStatus TryDecode(ReadOnlySpan<byte> input, out GobValue value, out int consumed)
    {
        value = GobValue.Null;
        consumed = 0;
        if (IsBroken)
        {
            return OperationStatus.InvalidData;
        }

        // Boundaries first: nothing is learned from a definition until its value is whole, so that a caller may retry with more bytes.
        var status = FindEnd(input, out var end);
        if (status == OperationStatus.NeedMoreData)
        {
            return status;
        }

        if (status == OperationStatus.Done && ReadDefinitions(input[..end], out var message))
        {
            consumed = end;
            _values = 0;
            return TryReadTop(message, out value) ? OperationStatus.Done : OperationStatus.InvalidData;
        }

        IsBroken = true;
        return OperationStatus.InvalidData;
    }

    // (length, negative id, ...)* length, positive id, ...
    private OperationStatus FindEnd(ReadOnlySpan<byte> input, out int end)
    {
        end = 0;
        for (var definitions = 0; definitions <= _limits.MaxTypes; definitions++)
        {
            var rest = input[end..];
            if (!GobReader.TryPeekUInt(rest, out var length, out var used))
            {
                return OperationStatus.InvalidData;
            }

            if (used == 0)
            {
                return OperationStatus.NeedMoreData;
            }

            if (length == 0 || length > (ulong)Math.Max(0, _limits.MaxMessage - end))
            {
                return OperationStatus.InvalidData;
            }

            var message = rest[used..];
            message = message[..(int)Math.Min((ulong)message.Length, length)];
            var whole = message.Length == (int)length;
            if (!GobReader.TryPeekUInt(message, out var id, out var idUsed) || (idUsed == 0 && whole))
            {
                return OperationStatus.InvalidData;
            }

            if (!whole)
            {
                return OperationStatus.NeedMoreData;
            }

            end += used + (int)length;
            if (GobReader.ToSigned(id) >= 0)
            {
                return OperationStatus.Done;
            }
        }

        return OperationStatus.InvalidData;
    }

    private bool ReadDefinitions(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> message)
    {
        while (true)
        {
            var reader = new GobReader(input);
            if (!reader.TryReadBytes(out var current))
            {
                message = default;
                return false;
            }

            message = current;
            input = input[^reader.Remaining..];
            if (input.IsEmpty)
            {
                return true;
            }

            reader = new GobReader(current);
            if (!reader.TryReadInt(out var id) || !TryDefine(ref reader, id) || reader.Remaining != 0)
            {
                return false;
            }
        }
    }

    // id is negative here
    private bool TryDefine(ref GobReader reader, long id) =>
        id is <= -GobEncoder.FirstUserId and >= -int.MaxValue
        && _types.Count < _limits.MaxTypes
        && WireType.TryRead(ref reader, _limits.MaxFields, out var type)
        && _types.TryAdd((int)-id, type);

    private bool TryReadTop(ReadOnlySpan<byte> message, out GobValue value)
    {
        var reader = new GobReader(message);
        value = GobValue.Null;
        if (reader.TryReadInt(out var id) && TryReadDelimited(ref reader, id, 0, out value) && reader.Remaining == 0)
        {
            return true;
        }

        value = GobValue.Null;
        return false;
    }

    // struct content | 0, value
    private bool TryReadDelimited(ref GobReader reader, long id, int depth, out GobValue value)
    {
        value = GobValue.Null;
        if (id is <= 0 or > int.MaxValue)
        {
            return false;
        }

        var isStruct = _types.TryGetValue((int)id, out var type) && type.Kind == WireKind.Struct;
        return (isStruct || (reader.TryReadUInt(out var zero) && zero == 0)) && TryReadValue(ref reader, (int)id, depth, out value);
    }

    private bool TryReadValue(ref GobReader reader, int id, int depth, out GobValue value)
    {
        value = GobValue.Null;
        if (depth >= _limits.MaxDepth)
        {
            return false;
        }

        switch (id)
        {
            case BoolId:
                var ok = reader.TryReadUInt(out var bit) && bit <= 1;
                value = GobValue.Of(bit == 1);
                return ok;
            case IntId:
                ok = reader.TryReadInt(out var signed);
                value = GobValue.Of(signed);
                return ok;
            case UIntId:
                ok = reader.TryReadUInt(out var unsigned);
                value = GobValue.Of(unsigned);
                return ok;
            case FloatId:
                ok = reader.TryReadFloat(out var number);
                value = GobValue.Of(number);
                return ok;
            case BytesId:
                ok = reader.TryReadBytes(out var bytes);
                value = GobValue.Of(bytes.ToArray());
                return ok;
            case StringId:
                ok = reader.TryReadString(out var text);
                value = GobValue.Of(text);
                return ok;
            case ComplexId:
                ok = reader.TryReadFloat(out var real) & reader.TryReadFloat(out var imaginary);
                value = GobValue.OfList([GobValue.Of(real), GobValue.Of(imaginary)]);
                return ok;
            case InterfaceId:
                return TryReadInterface(ref reader, depth, out value);
            default:
                return _types.TryGetValue(id, out var type) && TryReadComposite(ref reader, type, depth, out value);
        }
    }

    private bool TryReadComposite(ref GobReader reader, WireType type, int depth, out GobValue value)
    {
        value = GobValue.Null;
        switch (type.Kind)
        {
            case WireKind.Struct:
                return TryReadStruct(ref reader, type, depth, out value);
            case WireKind.Array or WireKind.Slice:
                if (!reader.TryReadCount(out var count) || (type.Kind == WireKind.Array && count != type.Length) || !TryReadItems(ref reader, count, 0, type.Element, depth, out var items))
                {
                    return false;
                }

                value = GobValue.OfList(items);
                return true;
            case WireKind.Map:
                // A pair is at least two bytes.
                if (!reader.TryReadCount(out var pairs) || pairs > reader.Remaining / 2 || !TryReadItems(ref reader, pairs * 2, type.Key, type.Element, depth, out items))
                {
                    return false;
                }

                value = GobValue.OfMap(items);
                return true;
            default:
                var ok = reader.TryReadBytes(out var bytes);
                value = GobValue.Of(bytes.ToArray());
                return ok;
        }
    }

    // With a key id, elements alternate: key, value, key, value.
    private bool TryReadItems(ref GobReader reader, int count, int keyId, int elementId, int depth, out GobValue[] items)
    {
        items = [];
        if (count > _limits.MaxValues - _values)
        {
            return false;
        }

        _values += count;
        items = new GobValue[count];
        for (var i = 0; i < count; i++)
        {
            var id = keyId != 0 && i % 2 == 0 ? keyId : elementId;
            if (!TryReadValue(ref reader, id, depth + 1, out items[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadStruct(ref GobReader reader, WireType type, int depth, out GobValue value)
    {
        value = GobValue.EmptyStruct;
        Dictionary<string, GobValue>? fields = null;
        long index = -1;
        while (reader.TryReadUInt(out var delta))
        {
            if (delta == 0)
            {
                value = fields is null ? GobValue.EmptyStruct : GobValue.OfFields(fields);
                return true;
            }

            if (delta > (ulong)type.Fields.Length || (index += (long)delta) >= type.Fields.Length || ++_values > _limits.MaxValues)
            {
                return false;
            }

            var field = type.Fields[index];
            if (!TryReadValue(ref reader, field.Id, depth + 1, out var content))
            {
                return false;
            }

            fields ??= [];
            fields[field.Name] = content;
        }

        return false;
    }

    // nil: empty name. Otherwise name, (negative id, definition, length)*, id, length, delimited value.
    private bool TryReadInterface(ref GobReader reader, int depth, out GobValue value)
    {
        value = GobValue.Null;
        if (!reader.TryReadBytes(out var name))
        {
            return false;
        }

        if (name.IsEmpty)
        {
            return true;
        }

        long id;
        while (true)
        {
            if (!reader.TryReadInt(out id))
            {
                return false;
            }

            if (id >= 0)
            {
                break;
            }

            if (!TryDefine(ref reader, id) || !reader.TryReadUInt(out _))
            {
                return false;
            }
        }

        return ++_values <= _limits.MaxValues
            && reader.TryReadCount(out _)
            && TryReadDelimited(ref reader, id, depth + 1, out value);
    }
}
