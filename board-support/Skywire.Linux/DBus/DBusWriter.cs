// Marshalling (D-Bus specification 0.43, "Marshaling"): what DBusReader reads.
using System.Buffers.Binary;
using System.Text;

namespace Skywire.Linux.DBus;

/// <summary>Writes values one after the other. A value that does not fit its signature is a programmer error: <see cref="InvalidCastException"/> or <see cref="ArgumentException"/>.</summary>
internal sealed class DBusWriter(bool isBigEndian)
{
    private readonly List<byte> _bytes = [];

    /// <summary>Bytes written so far.</summary>
    public int Length => _bytes.Count;

    /// <summary>All of it.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>Writes all values of a signature.</summary>
    public void WriteAll(string signature, IReadOnlyList<object> values)
    {
        var at = 0;
        foreach (var value in values)
        {
            var length = DBusSignatures.FirstType(signature.AsSpan(at));
            if (length == 0)
            {
                throw new ArgumentException($"signature {signature} has fewer types than there are values", nameof(signature));
            }

            Write(signature.AsSpan(at, length), value);
            at += length;
        }

        if (at != signature.Length)
        {
            throw new ArgumentException($"signature {signature} has more types than there are values", nameof(signature));
        }
    }

    /// <summary>Zero bytes up to a multiple.</summary>
    public void Align(int alignment)
    {
        while (_bytes.Count % alignment != 0)
        {
            _bytes.Add(0);
        }
    }

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    private void Write(ReadOnlySpan<char> type, object value)
    {
        Align(DBusSignatures.Alignment(type[0]));
        switch (type[0])
        {
            case 's':
                Text((string)value);
                break;
            case 'o':
                Text(((DBusPath)value).Text);
                break;
            case 'g':
                Signature(((DBusSignature)value).Text);
                break;
            case 'v':
                var variant = (DBusVariant)value;
                Signature(variant.Signature);
                Write(variant.Signature, variant.Value);
                break;
            case 'a':
                Array(type[1..], value);
                break;
            case '(':
                WriteAll(type[1..^1].ToString(), ((DBusStruct)value).Fields);
                break;
            case '{':
                var entry = (DBusEntry)value;
                Write(type[1..2], entry.Key);
                Write(type[2..^1], entry.Value);
                break;
            default:
                Number(type[0], value);
                break;
        }
    }

    private void Number(char type, object value)
    {
        var bits = type switch
        {
            'y' => (byte)value,
            'b' => (bool)value ? 1UL : 0UL,
            'n' => (ulong)(short)value,
            'q' => (ushort)value,
            'i' => (ulong)(int)value,
            'u' => (uint)value,
            'x' => (ulong)(long)value,
            't' => (ulong)value,
            'd' => BitConverter.DoubleToUInt64Bits((double)value),
            'h' => ((DBusHandle)value).Index,
            _ => throw new ArgumentException($"no type {type}", nameof(type)),
        };
        Integer(bits, type == 'y' ? 1 : DBusSignatures.Alignment(type));
    }

    private void Array(ReadOnlySpan<char> element, object value)
    {
        var at = _bytes.Count;
        Integer(0, 4);
        Align(DBusSignatures.Alignment(element[0]));
        var start = _bytes.Count;
        if (value is byte[] bytes)
        {
            Raw(bytes);
        }
        else
        {
            foreach (var item in ((DBusArray)value).Items)
            {
                Write(element, item);
            }
        }

        var length = new byte[4];
        Put(length, (uint)(_bytes.Count - start));
        for (var i = 0; i < 4; i++)
        {
            _bytes[at + i] = length[i];
        }
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Integer((uint)bytes.Length, 4);
        Raw(bytes);
        _bytes.Add(0);
    }

    private void Signature(string text)
    {
        _bytes.Add(checked((byte)text.Length));
        Raw(Encoding.ASCII.GetBytes(text));
        _bytes.Add(0);
    }

    private void Integer(ulong value, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        Put(bytes[..size], value);
        Raw(bytes[..size]);
    }

    private void Put(Span<byte> bytes, ulong value)
    {
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(all, value);
        all[..bytes.Length].CopyTo(bytes);
        if (isBigEndian)
        {
            bytes.Reverse();
        }
    }
}
