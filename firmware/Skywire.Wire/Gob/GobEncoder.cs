// Writes gob streams whose bytes equal those of a fresh process of the reference (spec 04 §2).
using System.Buffers;

namespace Skywire.Wire.Gob;

/// <summary>
/// Writes one gob stream: each type's definition once, then values. Ids count from 64 in order of first use (spec 04 §2). Not thread-safe.
/// A value of another kind than its type is a programmer error (<see cref="ArgumentException"/>); an absent one (<see cref="GobValue.Null"/>) is the zero of
/// the type, and a nil pointer where the type is a struct's field of struct type.
/// </summary>
public sealed class GobEncoder
{
    /// <summary>First id free for types of the program.</summary>
    internal const int FirstUserId = 64;

    private readonly Dictionary<GobType, int> _ids = [];
    private readonly HashSet<GobType> _sent = [];
    private readonly ArrayBufferWriter<byte> _message = new();

    /// <summary>Appends the definitions still missing and one value message to <paramref name="output"/>.</summary>
    public void Encode(IBufferWriter<byte> output, GobType type, GobValue value)
    {
        Check(type, value);
        AssignIds(type);
        SendDefinitions(output, type);
        _message.WriteInt(IdOf(type));
        if (type is not GobType.Struct)
        {
            _message.WriteUInt(0);
        }

        WriteValue(_message, type, value);
        Flush(output);
    }

    /// <summary>Throws <see cref="ArgumentException"/> when <paramref name="value"/> is not of <paramref name="type"/>; afterwards encoding cannot fail half way.</summary>
    internal static void Check(GobType type, GobValue value)
    {
        if (!GobShape.Fits(type, value))
        {
            throw new ArgumentException($"a gob value of kind {value.Kind}, or a part of it, does not fit its type {type.GetType().Name}");
        }
    }

    // A struct is numbered before its fields, everything else after its elements, as in the reference.
    private void AssignIds(GobType type)
    {
        if (type is GobType.Basic || _ids.ContainsKey(type))
        {
            return;
        }

        switch (type)
        {
            case GobType.Struct s:
                _ids.Add(s, FirstUserId + _ids.Count);
                foreach (var field in s.Fields)
                {
                    AssignIds(field.Type);
                }

                return;
            case GobType.Slice s:
                AssignIds(s.Element);
                break;
            case GobType.Array a:
                AssignIds(a.Element);
                break;
            case GobType.Map m:
                AssignIds(m.Key);
                AssignIds(m.Element);
                break;
        }

        _ids.Add(type, FirstUserId + _ids.Count);
    }

    // Outer definition first, then those of what it is made of.
    private void SendDefinitions(IBufferWriter<byte> output, GobType type)
    {
        if (type is GobType.Basic || !_sent.Add(type))
        {
            return;
        }

        _message.WriteInt(-IdOf(type));
        WriteDefinition(_message, type);
        Flush(output);
        switch (type)
        {
            case GobType.Struct s:
                foreach (var field in s.Fields)
                {
                    SendDefinitions(output, field.Type);
                }

                break;
            case GobType.Slice s:
                SendDefinitions(output, s.Element);
                break;
            case GobType.Array a:
                SendDefinitions(output, a.Element);
                break;
            case GobType.Map m:
                SendDefinitions(output, m.Key);
                SendDefinitions(output, m.Element);
                break;
        }
    }

    private int IdOf(GobType type) => type is GobType.Basic basic ? basic.Id : _ids[type];

    // wireType = kind delta, { 1 CommonType, kind's own fields } 0, 0
    private void WriteDefinition(ArrayBufferWriter<byte> output, GobType type)
    {
        switch (type)
        {
            case GobType.Array a:
                WriteCommon(output, WireKind.Array, a.Name, IdOf(a));
                output.WriteUInt(1);
                output.WriteInt(IdOf(a.Element));
                if (a.Length != 0)
                {
                    output.WriteUInt(1);
                    output.WriteInt(a.Length);
                }

                break;
            case GobType.Slice s:
                WriteCommon(output, WireKind.Slice, s.Name, IdOf(s));
                output.WriteUInt(1);
                output.WriteInt(IdOf(s.Element));
                break;
            case GobType.Struct s:
                WriteCommon(output, WireKind.Struct, s.Name, IdOf(s));
                if (s.Fields.Length > 0)
                {
                    output.WriteUInt(1);
                    output.WriteUInt((ulong)s.Fields.Length);
                    foreach (var field in s.Fields)
                    {
                        WriteNameAndId(output, field.Name, IdOf(field.Type));
                    }
                }

                break;
            case GobType.Map m:
                WriteCommon(output, WireKind.Map, m.Name, IdOf(m));
                output.WriteUInt(1);
                output.WriteInt(IdOf(m.Key));
                output.WriteUInt(1);
                output.WriteInt(IdOf(m.Element));
                break;
            case GobType.Opaque o:
                WriteCommon(output, WireKind.BinaryMarshaler, o.Name, IdOf(o));
                break;
            default:
                throw new ArgumentException($"no wire form for {type.GetType().Name}");
        }

        output.WriteUInt(0);
        output.WriteUInt(0);
    }

    private static void WriteCommon(ArrayBufferWriter<byte> output, WireKind kind, string name, int id)
    {
        output.WriteUInt((ulong)kind);
        output.WriteUInt(1);
        WriteNameAndId(output, name, id);
    }

    // { 1 Name, 2 Id } 0; an empty name is left out
    private static void WriteNameAndId(ArrayBufferWriter<byte> output, string name, int id)
    {
        if (name.Length > 0)
        {
            output.WriteUInt(1);
            output.WriteString(name);
        }

        output.WriteUInt(name.Length > 0 ? 1u : 2u);
        output.WriteInt(id);
        output.WriteUInt(0);
    }

    private static void WriteValue(ArrayBufferWriter<byte> output, GobType type, GobValue value)
    {
        switch (type)
        {
            case GobType.Basic basic:
                WriteBasic(output, basic, value);
                break;
            case GobType.Opaque:
                output.WriteBytes(value.AsBytes);
                break;
            case GobType.Slice s:
                WriteItems(output, s.Element, value.Items);
                break;
            case GobType.Array a:
                WriteArray(output, a, value);
                break;
            case GobType.Map m:
                output.WriteUInt((ulong)value.Items.Count / 2);
                for (var i = 0; i + 1 < value.Items.Count; i += 2)
                {
                    WriteValue(output, m.Key, value.Items[i]);
                    WriteValue(output, m.Element, value.Items[i + 1]);
                }

                break;
            case GobType.Struct s:
                WriteStruct(output, s, value);
                break;
        }
    }

    private static void WriteBasic(ArrayBufferWriter<byte> output, GobType.Basic type, GobValue value)
    {
        switch (type.Id)
        {
            case 1:
                output.WriteUInt(value.AsBool ? 1u : 0u);
                break;
            case 2:
                output.WriteInt(value.AsInt);
                break;
            case 3:
                output.WriteUInt(value.AsUInt);
                break;
            case 4:
                output.WriteFloat(value.AsFloat);
                break;
            case 5:
                output.WriteBytes(value.AsBytes);
                break;
            case 6:
                output.WriteString(value.AsString);
                break;
            default:
                throw new ArgumentException($"gob type id {type.Id} cannot be written");
        }
    }

    private static void WriteItems(ArrayBufferWriter<byte> output, GobType element, IReadOnlyList<GobValue> items)
    {
        output.WriteUInt((ulong)items.Count);
        foreach (var item in items)
        {
            WriteValue(output, element, item);
        }
    }

    private static void WriteArray(ArrayBufferWriter<byte> output, GobType.Array type, GobValue value)
    {
        output.WriteUInt((ulong)type.Length);
        for (var i = 0; i < type.Length; i++)
        {
            WriteValue(output, type.Element, value.Kind == GobValue.ValueKind.Null ? GobValue.Null : value.Items[i]);
        }
    }

    // (delta, value)* 0
    private static void WriteStruct(ArrayBufferWriter<byte> output, GobType.Struct type, GobValue value)
    {
        var last = -1;
        for (var i = 0; i < type.Fields.Length; i++)
        {
            var field = type.Fields[i];
            var content = value[field.Name];
            if (IsLeftOut(field.Type, content))
            {
                continue;
            }

            output.WriteUInt((ulong)(i - last));
            WriteValue(output, field.Type, content);
            last = i;
        }

        output.WriteUInt(0);
    }

    // Arrays, structs that are there and maps that are there are always sent, other zeros never (spec 04 §2).
    private static bool IsLeftOut(GobType type, GobValue value) => type switch
    {
        GobType.Array => false,
        GobType.Struct or GobType.Map => value.Kind == GobValue.ValueKind.Null,
        GobType.Slice => value.Items.Count == 0,
        GobType.Opaque => !value.AsBytes.AsSpan().ContainsAnyExcept((byte)0),
        _ => value.Kind switch
        {
            GobValue.ValueKind.Null => true,
            GobValue.ValueKind.Bool => !value.AsBool,
            GobValue.ValueKind.Int => value.AsInt == 0,
            GobValue.ValueKind.UInt => value.AsUInt == 0,
            GobValue.ValueKind.Float => value.AsFloat == 0,
            GobValue.ValueKind.Bytes => value.AsBytes.Length == 0,
            GobValue.ValueKind.String => value.AsString.Length == 0,
            _ => false,
        },
    };

    private void Flush(IBufferWriter<byte> output)
    {
        output.WriteUInt((ulong)_message.WrittenCount);
        output.Write(_message.WrittenSpan);
        _message.ResetWrittenCount();
    }
}
