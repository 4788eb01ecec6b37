// Recoverable signatures (spec 01 §3).
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>ECDSA over secp256k1 with recovery: r (32) || s (32) || recid (1).</summary>
internal static class Ecdsa
{
    /// <summary>Bytes of a digest.</summary>
    internal const int DigestSize = 32;

    private const byte RecidOddY = 1;
    private const byte RecidHighX = 2;

    /// <summary>Signs with the nonce of RFC 6979 and checks the result, since a signature spoilt by a fault can give the key away. Constant time in the key.</summary>
    /// <exception cref="ArgumentException">The digest is not 32 bytes, or all zero.</exception>
    /// <exception cref="CryptographicException">The check failed; nothing was released.</exception>
    internal static Signature Sign(ReadOnlySpan<byte> secret, PubKey publicKey, ReadOnlySpan<byte> digest) => Checked(SignUnchecked(secret, digest), publicKey, digest);

    /// <summary>Signs as the reference does, with a nonce drawn at random (spec 01 §3), and checks the result like <see cref="Sign"/>. A weak source gives the key away; <see cref="Sign"/> needs none.</summary>
    /// <exception cref="ArgumentException">The digest is not 32 bytes, or all zero.</exception>
    /// <exception cref="CryptographicException">The check failed; nothing was released.</exception>
    internal static Signature SignRandomized(ReadOnlySpan<byte> secret, PubKey publicKey, ReadOnlySpan<byte> digest, IEntropy entropy)
    {
        RequireDigest(digest);
        Span<byte> nonce = stackalloc byte[Scalar.Size];
        Signature signature;
        do
        {
            entropy.Fill(nonce);
        }
        while (!TrySignWithNonce(secret, digest, nonce, out signature));
        CryptographicOperations.ZeroMemory(nonce);
        return Checked(signature, publicKey, digest);
    }

    /// <summary>The work of signing alone, without the check. For the check's own caller, and to measure beside implementations that have none.</summary>
    /// <exception cref="ArgumentException">The digest is not 32 bytes, or all zero.</exception>
    internal static Signature SignUnchecked(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> digest)
    {
        RequireDigest(digest);
        Span<byte> nonce = stackalloc byte[Scalar.Size];
        using var nonces = new Rfc6979Nonce(secret, digest, stackalloc byte[Rfc6979Nonce.WorkSize]);
        Signature signature;
        do
        {
            nonces.Next(nonce);
        }
        while (!TrySignWithNonce(secret, digest, nonce, out signature));
        CryptographicOperations.ZeroMemory(nonce);
        return signature;
    }

    /// <summary>Signs with a given nonce. False where r or s would be zero, or when the nonce or the key is not in 1 .. n - 1. Constant time in key and nonce, except for that refusal.</summary>
    internal static bool TrySignWithNonce(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> nonce, out Signature signature)
    {
        signature = default;
        var bad = Scalar.Read(nonce, out var k);
        bad |= Scalar.Read(secret, out var d) | k.ZeroMask | d.ZeroMask;
        if (bad != 0)
        {
            return false;
        }

        GeneratorTable.Multiply(in k, out var product);
        product.ToAffine(out var point);
        Span<byte> bytes = stackalloc byte[Signature.Size];
        point.X.Write(bytes);
        var highX = Scalar.Read(bytes, out var r);

        Scalar.Read(digest, out var s);
        Scalar.Multiply(in r, in d, out d);
        Scalar.Add(in s, in d, out s);
        Scalar.Invert(in k, out k);
        Scalar.Multiply(in s, in k, out s);
        var high = s.HighMask;
        s.NegateIf(high);

        r.Write(bytes);
        s.Write(bytes[32..]);
        bytes[64] = (byte)((point.Y.Parity ^ (high & RecidOddY)) | (highX & RecidHighX));
        ConstantTime.Wipe(ref k);
        ConstantTime.Wipe(ref d);
        ConstantTime.Wipe(ref product);
        ConstantTime.Wipe(ref point);
        return (r.ZeroMask | s.ZeroMask) == 0 && Signature.TryParse(bytes, out signature);
    }

    /// <summary>The key that made a signature. False when r or s is not in 1 .. n - 1, or there is no such point. Only the two low bits of recid are read.</summary>
    internal static bool TryRecoverVartime(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> digest, out PubKey key)
    {
        key = default;
        var recid = signature[64];
        if ((Scalar.Read(signature, out var r) | Scalar.Read(signature[32..], out var s) | r.ZeroMask | s.ZeroMask) != 0
            || !TryLift(signature[..32], recid, out var point))
        {
            return false;
        }

        // Q = (s R - z G) / r
        Scalar.InvertVartime(in r, out r);
        Scalar.Multiply(in s, in r, out s);
        Scalar.Read(digest, out var z);
        Scalar.Multiply(in z, in r, out z);
        Scalar.Negate(in z, out z);
        StraussMultiplication.MultiplyAddVartime(in point, in s, in z, out var product);
        if (product.InfinityMask != 0)
        {
            return false;
        }

        key = PubKey.FromPointVartime(in product);
        return true;
    }

    private static void RequireDigest(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != DigestSize || !digest.ContainsAnyExcept((byte)0))
        {
            throw new ArgumentException("a digest must be 32 bytes, not all zero", nameof(digest));
        }
    }

    private static Signature Checked(Signature signature, PubKey publicKey, ReadOnlySpan<byte> digest)
        => signature.Verify(publicKey, digest) ? signature : throw new CryptographicException("signature self-check failed");

    // The point R: x = r, or r + n where recid says that x was reduced.
    private static bool TryLift(ReadOnlySpan<byte> r, byte recid, out AffinePoint point)
    {
        point = default;
        if (!FieldElement.TryRead(r, out var x))
        {
            return false;
        }

        if ((recid & RecidHighX) != 0)
        {
            // r + n < p exactly when r < p - n.
            Span<byte> limit = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x45, 0x51, 0x23, 0x19, 0x50, 0xB7, 0x5F, 0xC4, 0x40, 0x2D, 0xA1, 0x72, 0x2F, 0xC9, 0xBA, 0xEE];
            if (r.SequenceCompareTo(limit) >= 0)
            {
                return false;
            }

            FieldElement.Add(in x, new FieldElement(0x25E8CD0364141UL, 0xE6AF48A03BBFDUL, 0xFFFFFFEBAAEDCUL, 0xFFFFFFFFFFFFFUL, 0x0FFFFFFFFFFFFUL), out x);
            x.Normalize();
        }

        return AffinePoint.TryFromX(in x, (ulong)(recid & RecidOddY), out point);
    }
}
