// The one-time authenticator of RFC 8439 in portable 64-bit words; the vector forms start from it, end in it and are compared with it.
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

/// <summary>Poly1305 over 16-byte padded fields, as the AEAD construction uses it. Constant time. Holds a one-time key: the owner wipes it.</summary>
internal struct Poly1305Scalar
{
    /// <summary>Bytes of a one-time key.</summary>
    internal const int KeySize = 32;

    /// <summary>Bytes of a tag.</summary>
    internal const int TagSize = 16;

    /// <summary>Bytes of a block.</summary>
    internal const int BlockSize = 16;

    /// <summary>The clamped multiplier: both words below 2^60, the high one a multiple of 4.</summary>
    internal readonly ulong R0;
    internal readonly ulong R1;

    /// <summary>The accumulator, <c>H0 + H1 2^64 + H2 2^128</c> with H2 at most 4; not reduced below the modulus.</summary>
    internal ulong H0;
    internal ulong H1;
    internal ulong H2;

    private readonly ulong _pad0;
    private readonly ulong _pad1;

    internal Poly1305Scalar(ReadOnlySpan<byte> key)
    {
        R0 = BinaryPrimitives.ReadUInt64LittleEndian(key) & 0x0FFFFFFC0FFFFFFFUL;
        R1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]) & 0x0FFFFFFC0FFFFFFCUL;
        _pad0 = BinaryPrimitives.ReadUInt64LittleEndian(key[16..]);
        _pad1 = BinaryPrimitives.ReadUInt64LittleEndian(key[24..]);
        H0 = H1 = H2 = 0;
    }

    /// <summary>Takes a field and zeros up to a multiple of 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AppendPadded(ReadOnlySpan<byte> data)
    {
        // The accumulator stays in registers for the loop.
        ulong h0 = H0, h1 = H1, h2 = H2, r0 = R0, r1 = R1;
        for (; data.Length >= BlockSize; data = data[BlockSize..])
        {
            Append(ref h0, ref h1, ref h2, BinaryPrimitives.ReadUInt64LittleEndian(data), BinaryPrimitives.ReadUInt64LittleEndian(data[8..]), r0, r1);
        }

        if (data.Length > 0)
        {
            Span<byte> last = stackalloc byte[BlockSize];
            last.Clear();
            data.CopyTo(last);
            Append(ref h0, ref h1, ref h2, BinaryPrimitives.ReadUInt64LittleEndian(last), BinaryPrimitives.ReadUInt64LittleEndian(last[8..]), r0, r1);
        }

        (H0, H1, H2) = (h0, h1, h2);
    }

    /// <summary>Takes the last block: both field lengths.</summary>
    internal void AppendLengths(ulong associatedData, ulong ciphertext) => Append(ref H0, ref H1, ref H2, associatedData, ciphertext, R0, R1);

    /// <summary>Writes the 16-byte tag.</summary>
    internal readonly void Finish(Span<byte> tag)
    {
        // h modulo 2^130 - 5: take h - (2^130 - 5) where it does not borrow. H2 is at most 4, so once is enough.
        Debug.Assert(H2 <= 4, "the accumulator is out of bounds");
        var borrow = 0UL;
        var t0 = ConstantTime.SubtractBorrow(H0, 0xFFFFFFFFFFFFFFFBUL, ref borrow);
        var t1 = ConstantTime.SubtractBorrow(H1, 0xFFFFFFFFFFFFFFFFUL, ref borrow);
        ConstantTime.SubtractBorrow(H2, 3, ref borrow);
        var keep = 0 - borrow;
        var carry = 0UL;
        BinaryPrimitives.WriteUInt64LittleEndian(tag, ConstantTime.AddCarry(ConstantTime.Select(keep, H0, t0), _pad0, ref carry));
        var low = ConstantTime.Select(keep, H1, t1) + _pad1 + carry;
        BinaryPrimitives.WriteUInt64LittleEndian(tag[8..], low);
    }

    /// <summary><c>h = h * r</c> for the clamped r; h0 and h1 any words, h2 at most 6 before and at most 4 after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Multiply(ref ulong h0, ref ulong h1, ref ulong h2, ulong r0, ulong r1)
    {
        Debug.Assert(h2 <= 6 && r0 < 1UL << 60 && r1 < 1UL << 60 && (r1 & 3) == 0, "an operand is out of bounds");

        // 2^128 r1 = 2^130 (r1 / 4) = 5 r1 / 4 modulo 2^130 - 5, exact because clamping left the low bits of r1 clear.
        var s1 = r1 + (r1 >> 2);

        // Columns at 2^0 and 2^64: products are below 2^124.4, so no column leaves 128 bits.
        var low0 = h0 * r0;
        var high0 = ConstantTime.MultiplyHigh(h0, r0);
        var part = h1 * s1;
        low0 += part;
        high0 += ConstantTime.MultiplyHigh(h1, s1) + ConstantTime.Less(low0, part);
        var low1 = h0 * r1;
        var high1 = ConstantTime.MultiplyHigh(h0, r1);
        part = h1 * r0;
        low1 += part;
        high1 += ConstantTime.MultiplyHigh(h1, r0) + ConstantTime.Less(low1, part);

        // h2 s1 is below 2^63 and high0 below 2^62: their sum is one word.
        part = (h2 * s1) + high0;
        low1 += part;
        var top = (h2 * r0) + high1 + ConstantTime.Less(low1, part);

        // Bits from 2^130 up count five times.
        var fold = (top >> 2) + (top & ~3UL);
        h0 = low0 + fold;
        var carry = ConstantTime.Less(h0, fold);
        h1 = low1 + carry;
        h2 = (top & 3) + ConstantTime.Less(h1, carry);
        Debug.Assert(h2 <= 4, "the accumulator is out of bounds");
    }

    // h = (h + block + 2^128) * r
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Append(ref ulong h0, ref ulong h1, ref ulong h2, ulong low, ulong high, ulong r0, ulong r1)
    {
        h0 += low;
        var carry = ConstantTime.Less(h0, low);
        h1 += carry;
        h2 += ConstantTime.Less(h1, carry);
        h1 += high;
        h2 += ConstantTime.Less(h1, high) + 1;
        Multiply(ref h0, ref h1, ref h2, r0, r1);
    }
}
