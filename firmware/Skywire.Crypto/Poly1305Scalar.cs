// The one-time authenticator of RFC 8439 in portable 64-bit words.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

/// <summary>Poly1305 over 16-byte padded fields, as the AEAD construction uses it. Constant time. Holds a one-time key: the owner wipes it.</summary>
internal struct Poly1305Scalar
{
    /// <summary>Bytes of a one-time key.</summary>
    internal const int KeySize = 32;

    /// <summary>Bytes of a tag.</summary>
    internal const int TagSize = 16;

    private const int BlockSize = 16;

    private readonly ulong _r0;
    private readonly ulong _r1;
    private readonly ulong _pad0;
    private readonly ulong _pad1;

    // The accumulator, below 2^130 + a little.
    private ulong _h0;
    private ulong _h1;
    private ulong _h2;

    internal Poly1305Scalar(ReadOnlySpan<byte> key)
    {
        _r0 = BinaryPrimitives.ReadUInt64LittleEndian(key) & 0x0FFFFFFC0FFFFFFFUL;
        _r1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]) & 0x0FFFFFFC0FFFFFFCUL;
        _pad0 = BinaryPrimitives.ReadUInt64LittleEndian(key[16..]);
        _pad1 = BinaryPrimitives.ReadUInt64LittleEndian(key[24..]);
        _h0 = _h1 = _h2 = 0;
    }

    /// <summary>Takes a field and zeros up to a multiple of 16.</summary>
    internal void AppendPadded(ReadOnlySpan<byte> data)
    {
        for (; data.Length >= BlockSize; data = data[BlockSize..])
        {
            Append(BinaryPrimitives.ReadUInt64LittleEndian(data), BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
        }

        if (data.Length > 0)
        {
            Span<byte> last = stackalloc byte[BlockSize];
            last.Clear();
            data.CopyTo(last);
            Append(BinaryPrimitives.ReadUInt64LittleEndian(last), BinaryPrimitives.ReadUInt64LittleEndian(last[8..]));
        }
    }

    /// <summary>Takes the last block: both field lengths.</summary>
    internal void AppendLengths(ulong associatedData, ulong ciphertext) => Append(associatedData, ciphertext);

    /// <summary>Writes the 16-byte tag.</summary>
    internal readonly void Finish(Span<byte> tag)
    {
        // h modulo 2^130 - 5: take h - (2^130 - 5) where it does not borrow.
        var borrow = 0UL;
        var t0 = ConstantTime.SubtractBorrow(_h0, 0xFFFFFFFFFFFFFFFBUL, ref borrow);
        var t1 = ConstantTime.SubtractBorrow(_h1, 0xFFFFFFFFFFFFFFFFUL, ref borrow);
        ConstantTime.SubtractBorrow(_h2, 3, ref borrow);
        var keep = 0 - borrow;
        var carry = 0UL;
        BinaryPrimitives.WriteUInt64LittleEndian(tag, ConstantTime.AddCarry(ConstantTime.Select(keep, _h0, t0), _pad0, ref carry));
        BinaryPrimitives.WriteUInt64LittleEndian(tag[8..], ConstantTime.AddCarry(ConstantTime.Select(keep, _h1, t1), _pad1, ref carry));
    }

    // h = (h + block + 2^128) * r, reduced to about 130 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append(ulong low, ulong high)
    {
        var carry = 0UL;
        var h0 = ConstantTime.AddCarry(_h0, low, ref carry);
        var h1 = ConstantTime.AddCarry(_h1, high, ref carry);
        var h2 = _h2 + carry + 1;

        // Clamping keeps r below 2^124 with gaps, so the columns below cannot overflow: h2 is at most 7.
        carry = 0;
        var m0 = ConstantTime.MultiplyAdd(0, h0, _r0, ref carry);
        var m1 = ConstantTime.MultiplyAdd(0, h1, _r0, ref carry);
        var m2 = (h2 * _r0) + carry;
        carry = 0;
        m1 = ConstantTime.MultiplyAdd(m1, h0, _r1, ref carry);
        m2 = ConstantTime.MultiplyAdd(m2, h1, _r1, ref carry);
        var m3 = (h2 * _r1) + carry;

        // Bits from 2^130 up count five times: once as they stand above bit 2 (four times), once shifted down.
        var q0 = m2 & ~3UL;
        carry = 0;
        m0 = ConstantTime.AddCarry(m0, q0, ref carry);
        m1 = ConstantTime.AddCarry(m1, m3, ref carry);
        var top = (m2 & 3) + carry;
        carry = 0;
        _h0 = ConstantTime.AddCarry(m0, (q0 >> 2) | (m3 << 62), ref carry);
        _h1 = ConstantTime.AddCarry(m1, m3 >> 2, ref carry);
        _h2 = top + carry;
    }
}
