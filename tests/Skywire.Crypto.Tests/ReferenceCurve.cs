// The curve in a few lines of big-integer arithmetic: slow, obvious, and independent of the code under test.
using System.Globalization;
using System.Numerics;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math.EC;

namespace Skywire.Crypto.Tests;

/// <summary>secp256k1 by the textbook. Null is the point at infinity.</summary>
internal static class ReferenceCurve
{
    internal static readonly BigInteger P = Hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    internal static readonly BigInteger N = Hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    internal static readonly BigInteger Lambda = Hex("5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72");
    private static readonly ECCurve Bouncy = CustomNamedCurves.GetByName("secp256k1").Curve;

    internal static readonly (BigInteger X, BigInteger Y) G = (
        Hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        Hex("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"));

    internal static BigInteger Hex(string text) => BigInteger.Parse("0" + text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    internal static BigInteger Mod(BigInteger value, BigInteger modulus) => ((value % modulus) + modulus) % modulus;

    internal static BigInteger Inverse(BigInteger value, BigInteger modulus) => BigInteger.ModPow(Mod(value, modulus), modulus - 2, modulus);

    internal static BigInteger FromBytes(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    internal static byte[] ToBytes(BigInteger value)
    {
        var bytes = new byte[32];
        value.TryWriteBytes(bytes.AsSpan(32 - value.GetByteCount(true)), out _, true, true);
        return bytes;
    }

    internal static (BigInteger X, BigInteger Y)? Add((BigInteger X, BigInteger Y)? a, (BigInteger X, BigInteger Y)? b)
    {
        if (a is not { } p)
        {
            return b;
        }

        if (b is not { } q)
        {
            return a;
        }

        if (p.X == q.X && Mod(p.Y + q.Y, P).IsZero)
        {
            return null;
        }

        var slope = p.X == q.X ? 3 * p.X * p.X * Inverse(2 * p.Y, P) : (q.Y - p.Y) * Inverse(q.X - p.X, P);
        var x = Mod((slope * slope) - p.X - q.X, P);
        return (x, Mod((slope * (p.X - x)) - p.Y, P));
    }

    /// <summary>By BouncyCastle, which is quicker than the textbook and as independent.</summary>
    internal static (BigInteger X, BigInteger Y)? Multiply(BigInteger k, (BigInteger X, BigInteger Y) point)
    {
        var product = Bouncy.CreatePoint(new(1, ToBytes(point.X)), new(1, ToBytes(point.Y))).Multiply(new(1, ToBytes(Mod(k, N)))).Normalize();
        return product.IsInfinity ? null : (FromBytes(product.AffineXCoord.GetEncoded()), FromBytes(product.AffineYCoord.GetEncoded()));
    }

    internal static (BigInteger X, BigInteger Y)? TryLift(BigInteger x, bool odd)
    {
        var square = Mod((x * x * x) + 7, P);
        var y = BigInteger.ModPow(square, (P + 1) / 4, P);
        if (Mod(y * y, P) != square)
        {
            return null;
        }

        return (x, y.IsEven == odd ? P - y : y);
    }

    internal static byte[] Compress((BigInteger X, BigInteger Y) point) => [(byte)(point.Y.IsEven ? 2 : 3), .. ToBytes(point.X)];
}
