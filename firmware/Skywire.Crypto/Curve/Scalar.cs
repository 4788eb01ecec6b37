// Arithmetic modulo n, the order of the secp256k1 group: what secret keys, nonces and signature halves are.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

/// <summary>An integer below n in four 64-bit words, lowest first; always reduced. Constant time throughout; results may overwrite operands. Owners of secret scalars wipe them.</summary>
internal partial struct Scalar
{
    /// <summary>Bytes of the big-endian form.</summary>
    internal const int Size = 32;

    private const ulong Order0 = 0xBFD25E8CD0364141UL;
    private const ulong Order1 = 0xBAAEDCE6AF48A03BUL;
    private const ulong Order2 = 0xFFFFFFFFFFFFFFFEUL;
    private const ulong Order3 = 0xFFFFFFFFFFFFFFFFUL;

    // 2^256 - n has 129 bits: these two words and a 1 above them.
    private const ulong Complement0 = ~Order0 + 1;
    private const ulong Complement1 = ~Order1;

    internal ulong D0;
    internal ulong D1;
    internal ulong D2;
    internal ulong D3;

    internal Scalar(ulong d0, ulong d1, ulong d2, ulong d3)
    {
        D0 = d0;
        D1 = d1;
        D2 = d2;
        D3 = d3;
    }

    /// <summary>Mask: zero.</summary>
    internal readonly ulong ZeroMask => ConstantTime.ZeroMask(D0 | D1 | D2 | D3);

    /// <summary>Mask: above (n - 1) / 2.</summary>
    internal readonly ulong HighMask
    {
        get
        {
            var borrow = 0UL;
            ConstantTime.SubtractBorrow(0xDFE92F46681B20A0UL, D0, ref borrow);
            ConstantTime.SubtractBorrow(0x5D576E7357A4501DUL, D1, ref borrow);
            ConstantTime.SubtractBorrow(0xFFFFFFFFFFFFFFFFUL, D2, ref borrow);
            ConstantTime.SubtractBorrow(0x7FFFFFFFFFFFFFFFUL, D3, ref borrow);
            return 0 - borrow;
        }
    }

    /// <summary>The bits from a public position on; zeros above bit 255.</summary>
    internal readonly ulong Bits(int position, int count)
    {
        var low = Word(position >> 6) >> (position & 63);
        var high = (Word((position >> 6) + 1) << 1) << (63 - (position & 63));
        return (low | high) & ((1UL << count) - 1);
    }

    /// <summary>Reads 32 big-endian bytes modulo n. The result is a mask: the bytes were not below n.</summary>
    internal static ulong Read(ReadOnlySpan<byte> bytes, out Scalar scalar)
    {
        scalar.D3 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        scalar.D2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        scalar.D1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        scalar.D0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        return 0 - scalar.ReduceOnce(0);
    }

    /// <summary>Writes 32 big-endian bytes.</summary>
    internal readonly void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, D3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], D2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], D1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], D0);
    }

    /// <summary>Sum.</summary>
    internal static void Add(in Scalar a, in Scalar b, out Scalar result)
    {
        var carry = 0UL;
        result.D0 = ConstantTime.AddCarry(a.D0, b.D0, ref carry);
        result.D1 = ConstantTime.AddCarry(a.D1, b.D1, ref carry);
        result.D2 = ConstantTime.AddCarry(a.D2, b.D2, ref carry);
        result.D3 = ConstantTime.AddCarry(a.D3, b.D3, ref carry);
        result.ReduceOnce(carry);
    }

    /// <summary>n - a, and 0 for 0.</summary>
    internal static void Negate(in Scalar a, out Scalar result)
    {
        var keep = ~a.ZeroMask;
        var borrow = 0UL;
        result.D0 = ConstantTime.SubtractBorrow(Order0, a.D0, ref borrow) & keep;
        result.D1 = ConstantTime.SubtractBorrow(Order1, a.D1, ref borrow) & keep;
        result.D2 = ConstantTime.SubtractBorrow(Order2, a.D2, ref borrow) & keep;
        result.D3 = ConstantTime.SubtractBorrow(Order3, a.D3, ref borrow) & keep;
    }

    /// <summary>Negates where the mask is set.</summary>
    internal void NegateIf(ulong mask)
    {
        Negate(in this, out var negative);
        D0 = ConstantTime.Select(mask, negative.D0, D0);
        D1 = ConstantTime.Select(mask, negative.D1, D1);
        D2 = ConstantTime.Select(mask, negative.D2, D2);
        D3 = ConstantTime.Select(mask, negative.D3, D3);
    }

    /// <summary>a / 2 modulo n.</summary>
    internal static void Halve(in Scalar a, out Scalar result)
    {
        var odd = 0 - (a.D0 & 1);
        var carry = 0UL;
        var t0 = ConstantTime.AddCarry(a.D0, Order0 & odd, ref carry);
        var t1 = ConstantTime.AddCarry(a.D1, Order1 & odd, ref carry);
        var t2 = ConstantTime.AddCarry(a.D2, Order2 & odd, ref carry);
        var t3 = ConstantTime.AddCarry(a.D3, Order3 & odd, ref carry);
        result.D0 = (t0 >> 1) | (t1 << 63);
        result.D1 = (t1 >> 1) | (t2 << 63);
        result.D2 = (t2 >> 1) | (t3 << 63);
        result.D3 = (t3 >> 1) | (carry << 63);
    }

    private readonly ulong Word(int number) => number switch { 0 => D0, 1 => D1, 2 => D2, 3 => D3, _ => 0 };

    // Subtracts n once if the value (with a 257th bit) is n or more; returns 1 if it did. Enough for any value below 2n.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReduceOnce(ulong overflow)
    {
        // value >= n exactly when value + (2^256 - n) carries out.
        var carry = 0UL;
        var t0 = ConstantTime.AddCarry(D0, Complement0, ref carry);
        var t1 = ConstantTime.AddCarry(D1, Complement1, ref carry);
        var t2 = ConstantTime.AddCarry(D2, 1, ref carry);
        var t3 = ConstantTime.AddCarry(D3, 0, ref carry);
        var subtract = carry | overflow;
        var mask = 0 - subtract;
        D0 = ConstantTime.Select(mask, t0, D0);
        D1 = ConstantTime.Select(mask, t1, D1);
        D2 = ConstantTime.Select(mask, t2, D2);
        D3 = ConstantTime.Select(mask, t3, D3);
        return subtract;
    }
}
