// The scalars of gob (spec 04 §1): reader and writer side by side.
using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Skywire.Wire.Gob;

/// <summary>A cursor over gob bytes. Every <c>Try</c> returns false, and never throws, when the bytes end early or break the format; the position is then without meaning.</summary>
internal ref struct GobReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>
    /// unsigned = byte below 128 | negated count, count bytes big endian. True unless the format is broken;
    /// <paramref name="used"/> is 0 when <paramref name="bytes"/> end before the number does.
    /// </summary>
    public static bool TryPeekUInt(ReadOnlySpan<byte> bytes, out ulong value, out int used)
    {
        value = 0;
        used = 0;
        if (bytes.IsEmpty)
        {
            return true;
        }

        if (bytes[0] < 0x80)
        {
            value = bytes[0];
            used = 1;
            return true;
        }

        var count = 256 - bytes[0];
        if (count > 8)
        {
            return false;
        }

        if (bytes.Length <= count)
        {
            return true;
        }

        foreach (var b in bytes.Slice(1, count))
        {
            value = (value << 8) | b;
        }

        used = 1 + count;
        return true;
    }

    public bool TryReadUInt(out ulong value)
    {
        if (!TryPeekUInt(_rest, out value, out var used) || used == 0)
        {
            return false;
        }

        _rest = _rest[used..];
        return true;
    }

    public bool TryReadInt(out long value)
    {
        var ok = TryReadUInt(out var bits);
        value = ToSigned(bits);
        return ok;
    }

    public bool TryReadFloat(out double value)
    {
        var ok = TryReadUInt(out var bits);
        value = BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReverseEndianness(bits));
        return ok;
    }

    /// <summary>A count of things that take at least one byte each, so it cannot exceed the bytes left.</summary>
    public bool TryReadCount(out int count)
    {
        count = 0;
        if (!TryReadUInt(out var value) || value > (ulong)_rest.Length)
        {
            return false;
        }

        count = (int)value;
        return true;
    }

    /// <summary>Length and that many bytes; the result points into the input.</summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadCount(out var length))
        {
            return false;
        }

        value = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Text; bytes that are no UTF-8 become U+FFFD.</summary>
    public bool TryReadString(out string value)
    {
        var ok = TryReadBytes(out var bytes);
        value = Encoding.UTF8.GetString(bytes);
        return ok;
    }

    public static long ToSigned(ulong bits) => (bits & 1) == 0 ? (long)(bits >> 1) : ~(long)(bits >> 1);
}

/// <summary>Writes gob scalars to a buffer.</summary>
internal static class GobWriter
{
    public static void WriteUInt(this IBufferWriter<byte> output, ulong value)
    {
        var span = output.GetSpan(9);
        if (value < 0x80)
        {
            span[0] = (byte)value;
            output.Advance(1);
            return;
        }

        var count = 8 - (System.Numerics.BitOperations.LeadingZeroCount(value) / 8);
        span[0] = (byte)-count;
        for (var i = count; i > 0; i--, value >>= 8)
        {
            span[i] = (byte)value;
        }

        output.Advance(1 + count);
    }

    public static void WriteInt(this IBufferWriter<byte> output, long value) => output.WriteUInt(value >= 0 ? (ulong)value << 1 : ((ulong)~value << 1) | 1);

    public static void WriteFloat(this IBufferWriter<byte> output, double value) => output.WriteUInt(BinaryPrimitives.ReverseEndianness(BitConverter.DoubleToUInt64Bits(value)));

    public static void WriteBytes(this IBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        output.WriteUInt((ulong)value.Length);
        output.Write(value);
    }

    public static void WriteString(this IBufferWriter<byte> output, string value)
    {
        output.WriteUInt((ulong)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, output);
    }
}
