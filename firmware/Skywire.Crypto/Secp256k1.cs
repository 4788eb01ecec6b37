// SCAFFOLD: correct but slow and not constant time; the real curve code replaces this file.
using System.Numerics;
using System.Security.Cryptography;

namespace Skywire.Crypto;

internal static class Secp256k1
{
    private static readonly BigInteger P = BigInteger.Parse("0fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", System.Globalization.NumberStyles.HexNumber, null);
    private static readonly BigInteger N = BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.HexNumber, null);
    private static readonly (BigInteger X, BigInteger Y) G = (
        BigInteger.Parse("079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", System.Globalization.NumberStyles.HexNumber, null),
        BigInteger.Parse("0483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8", System.Globalization.NumberStyles.HexNumber, null));

    private static BigInteger Int(ReadOnlySpan<byte> b) => new(b, true, true);

    private static void Bytes(BigInteger v, Span<byte> d)
    {
        d.Clear();
        var n = v.GetByteCount(true);
        v.TryWriteBytes(d[(32 - n)..], out _, true, true);
    }

    private static BigInteger Mod(BigInteger a, BigInteger m)
    {
        var r = a % m;
        return r.Sign < 0 ? r + m : r;
    }

    private static BigInteger Inv(BigInteger a, BigInteger m) => BigInteger.ModPow(a, m - 2, m);

    private static (BigInteger X, BigInteger Y)? Add((BigInteger X, BigInteger Y)? a, (BigInteger X, BigInteger Y)? b)
    {
        if (a is not { } p)
        {
            return b;
        }

        if (b is not { } q)
        {
            return a;
        }

        BigInteger l;
        if (p.X == q.X)
        {
            if (p.Y != q.Y || p.Y.IsZero)
            {
                return null;
            }

            l = Mod(3 * p.X * p.X * Inv(2 * p.Y, P), P);
        }
        else
        {
            l = Mod((q.Y - p.Y) * Inv(Mod(q.X - p.X, P), P), P);
        }

        var x = Mod((l * l) - p.X - q.X, P);
        return (x, Mod((l * (p.X - x)) - p.Y, P));
    }

    private static (BigInteger X, BigInteger Y)? Mul(BigInteger k, (BigInteger X, BigInteger Y) point)
    {
        // Jacobian, to keep the scaffold at about a millisecond.
        BigInteger x = 0, y = 1, z = 0;
        for (var i = 255; i >= 0; i--)
        {
            if (!z.IsZero)
            {
                var a = x * x % P;
                var b = y * y % P;
                var c = b * b % P;
                var d = Mod(2 * (((x + b) * (x + b)) - a - c), P);
                var e = 3 * a;
                var nx = Mod((e * e) - (2 * d), P);
                var ny = Mod((e * (d - nx)) - (8 * c), P);
                z = 2 * y * z % P;
                x = nx;
                y = ny;
            }

            if (!((k >> i) & 1).IsZero)
            {
                if (z.IsZero)
                {
                    (x, y, z) = (point.X, point.Y, 1);
                }
                else
                {
                    var zz = z * z % P;
                    var h = Mod((point.X * zz) - x, P);
                    var r = Mod((point.Y * zz * z) - y, P);
                    if (h.IsZero)
                    {
                        var zi = Inv(z, P);
                        var s = Add((x * zi * zi % P, y * zi * zi * zi % P), point);
                        (x, y, z) = s is { } sum ? (sum.X, sum.Y, BigInteger.One) : (0, 1, 0);
                        continue;
                    }

                    var hh = h * h % P;
                    var hhh = h * hh % P;
                    var v = x * hh % P;
                    var nx = Mod((r * r) - hhh - (2 * v), P);
                    y = Mod((r * (v - nx)) - (y * hhh), P);
                    x = nx;
                    z = z * h % P;
                }
            }
        }

        if (z.IsZero)
        {
            return null;
        }

        var inv = Inv(z, P);
        return (x * inv * inv % P, x.IsZero && y.IsZero ? 0 : y * inv % P * inv % P * inv % P);
    }

    private static bool Lift(ReadOnlySpan<byte> key, out (BigInteger X, BigInteger Y) point)
    {
        point = default;
        var x = Int(key[1..33]);
        if (x >= P)
        {
            return false;
        }

        var yy = ((x * x * x) + 7) % P;
        var y = BigInteger.ModPow(yy, (P + 1) / 4, P);
        if (y * y % P != yy)
        {
            return false;
        }

        point = (x, y.IsEven == (key[0] == 2) ? y : P - y);
        return true;
    }

    private static PubKey Compress((BigInteger X, BigInteger Y) p)
    {
        Span<byte> b = stackalloc byte[33];
        b[0] = p.Y.IsEven ? (byte)2 : (byte)3;
        Bytes(p.X, b[1..]);
        return PubKey.FromTrusted(b);
    }

    internal static bool IsOnCurve(ReadOnlySpan<byte> key) => Lift(key, out _);

    internal static bool IsSecretValid(ReadOnlySpan<byte> d)
    {
        var v = Int(d);
        return !v.IsZero && v < N;
    }

    internal static PubKey PublicKey(ReadOnlySpan<byte> d) => Compress(Mul(Int(d), G)!.Value);

    internal static void Ecdh(ReadOnlySpan<byte> d, PubKey peer, Span<byte> shared)
    {
        Span<byte> b = stackalloc byte[33];
        peer.CopyTo(b);
        if (!Lift(b, out var q))
        {
            throw new ArgumentException("null or invalid peer key", nameof(peer));
        }

        Compress(Mul(Int(d), q)!.Value).CopyTo(b);
        SHA256.HashData(b, shared);
    }

    internal static Signature Sign(ReadOnlySpan<byte> d, ReadOnlySpan<byte> digest)
    {
        for (var i = 0; ; i++)
        {
            var k = Mod(Int(HMACSHA256.HashData(d, [.. digest, (byte)i])), N);
            if (!k.IsZero && TrySignWithNonce(d, digest, k.ToByteArray(true, true), out var s))
            {
                return s;
            }
        }
    }

    internal static bool TrySignWithNonce(ReadOnlySpan<byte> d, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> nonce, out Signature signature)
    {
        signature = default;
        var k = Int(nonce);
        var point = Mul(k, G)!.Value;
        var r = point.X % N;
        var s = Mod(Inv(k, N) * (Int(digest) + (r * Int(d))), N);
        if (r.IsZero || s.IsZero)
        {
            return false;
        }

        var recid = (point.Y.IsEven ? 0 : 1) | (point.X >= N ? 2 : 0);
        if (s > N / 2)
        {
            s = N - s;
            recid ^= 1;
        }

        Span<byte> b = stackalloc byte[65];
        Bytes(r, b);
        Bytes(s, b[32..64]);
        b[64] = (byte)recid;
        return Signature.TryParse(b, out signature);
    }

    internal static bool TryRecoverVartime(ReadOnlySpan<byte> sig, ReadOnlySpan<byte> digest, out PubKey key)
    {
        key = default;
        var r = Int(sig[..32]);
        var s = Int(sig[32..64]);
        if (r.IsZero || s.IsZero || r >= N || s >= N)
        {
            return false;
        }

        var x = (sig[64] & 2) != 0 ? r + N : r;
        if (x >= P)
        {
            return false;
        }

        Span<byte> b = stackalloc byte[33];
        b[0] = (byte)(2 + (sig[64] & 1));
        Bytes(x, b[1..]);
        if (!Lift(b, out var point))
        {
            return false;
        }

        var ri = Inv(r, N);
        var u1 = Mod(-Int(digest) * ri, N);
        var u2 = s * ri % N;
        var q = Add(u1.IsZero ? null : Mul(u1, G), Mul(u2, point));
        if (q is null)
        {
            return false;
        }

        key = Compress(q.Value);
        return true;
    }
}
