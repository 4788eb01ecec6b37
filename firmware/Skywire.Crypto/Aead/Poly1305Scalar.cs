// The one-time authenticator of RFC 8439 in portable 64-bit words; the vector forms start from it, end in it and are compared with it.
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

    // RFC 8439 section 2.5: 22 bits of r are clear.
    private const ulong Clamp0 = 0x0FFFFFFC0FFFFFFFUL;
    private const ulong Clamp1 = 0x0FFFFFFC0FFFFFFCUL;

    /// <summary>The clamped multiplier: both words below 2^60, the high one a multiple of 4.</summary>
    internal readonly ulong R0;
    internal readonly ulong R1;

    /// <summary>The accumulator, <c>H0 + H1 2^64 + H2 2^128</c> with H2 at most 4; not reduced below the modulus.</summary>
    internal ulong H0;
    internal ulong H1;
    internal ulong H2;

    private readonly ulong _pad0;
    private readonly ulong _pad1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Poly1305Scalar(ReadOnlySpan<byte> key)
    {
        Debug.Assert(key.Length == KeySize, "a one-time key has the wrong length");
        ref var first = ref MemoryMarshal.GetReference(key);
        R0 = Word(ref first, 0) & Clamp0;
        R1 = Word(ref first, 8) & Clamp1;
        _pad0 = Word(ref first, 16);
        _pad1 = Word(ref first, 24);
        H0 = H1 = H2 = 0;
    }

    /// <summary>
    /// The whole tag of a packet without associated data, 16 bytes to <paramref name="tag"/>: all of the state stays in registers, where a
    /// short packet would spend half of its time on keeping, handing on and wiping it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Authenticate(ref byte key, ref byte data, int length, ref byte tag)
    {
        ulong r0 = Word(ref key, 0) & Clamp0, r1 = Word(ref key, 8) & Clamp1;
        ulong h0 = 0, h1 = 0, h2 = 0;
        nint at = 0;
        for (nint whole = length & -BlockSize; at < whole; at += BlockSize)
        {
            Append(ref h0, ref h1, ref h2, Word(ref data, at), Word(ref data, at + 8), r0, r1);
        }

        if (at < length)
        {
            // Byte by byte from the end: no copy, no call, and nothing is read beyond the data.
            ulong low = 0, high = 0;
            nint i = length;
            while (i > at + 8)
            {
                high = (high << 8) | Unsafe.Add(ref data, --i);
            }

            while (i > at)
            {
                low = (low << 8) | Unsafe.Add(ref data, --i);
            }

            Append(ref h0, ref h1, ref h2, low, high, r0, r1);
        }

        Append(ref h0, ref h1, ref h2, 0, (ulong)length, r0, r1);
        Reduce(ref h0, ref h1, h2);
        var carry = 0UL;
        Unsafe.WriteUnaligned(ref tag, ConstantTime.AddCarry(h0, Word(ref key, 16), ref carry));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref tag, 8), h1 + Word(ref key, 24) + carry);
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly void Finish(Span<byte> tag)
    {
        Debug.Assert(tag.Length == TagSize, "a tag has the wrong length");
        ulong h0 = H0, h1 = H1, carry = 0;
        Reduce(ref h0, ref h1, H2);
        ref var first = ref MemoryMarshal.GetReference(tag);
        Unsafe.WriteUnaligned(ref first, ConstantTime.AddCarry(h0, _pad0, ref carry));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, 8), h1 + _pad1 + carry);
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

    // The low 128 bits of h modulo 2^130 - 5: h - (2^130 - 5) where that does not borrow. h2 is at most 4, so once is enough.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(ref ulong h0, ref ulong h1, ulong h2)
    {
        Debug.Assert(h2 <= 4, "the accumulator is out of bounds");
        var borrow = 0UL;
        var t0 = ConstantTime.SubtractBorrow(h0, 0xFFFFFFFFFFFFFFFBUL, ref borrow);
        var t1 = ConstantTime.SubtractBorrow(h1, 0xFFFFFFFFFFFFFFFFUL, ref borrow);
        ConstantTime.SubtractBorrow(h2, 3, ref borrow);
        var keep = 0 - borrow;
        h0 = ConstantTime.Select(keep, h0, t0);
        h1 = ConstantTime.Select(keep, h1, t1);
    }

    // The words of RFC 8439 are little endian, as is every processor this runs on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte data, nint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref data, at));

    // h = (h + block + 2^128) * r
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Append(ref ulong h0, ref ulong h1, ref ulong h2, ulong low, ulong high, ulong r0, ulong r1)
    {
        // Both words at once; the low one's carry goes in afterwards. Keeps the way from one block to the next short.
        h0 += low;
        h1 += high;
        h2 += ConstantTime.Less(h1, high) + 1;
        var carry = ConstantTime.Less(h0, low);
        h1 += carry;
        h2 += ConstantTime.Less(h1, carry);
        Multiply(ref h0, ref h1, ref h2, r0, r1);
    }
}
