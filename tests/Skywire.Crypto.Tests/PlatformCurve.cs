// The platform's own curve code (OpenSSL on Linux), as a second opinion.
using System.Security.Cryptography;

namespace Skywire.Crypto.Tests;

internal static class PlatformCurve
{
    private static ECParameters Parameters(SecKey key)
    {
        var secret = new byte[32];
        key.Export(secret);
        return new ECParameters { Curve = ECCurve.CreateFromValue("1.3.132.0.10"), D = secret, Q = Point(key.PublicKey) };
    }

    private static ECPoint Point(PubKey key)
    {
        var bytes = key.ToBytes();
        var (x, y) = ReferenceCurve.TryLift(ReferenceCurve.FromBytes(bytes.AsSpan(1)), bytes[0] == 3)!.Value;
        return new ECPoint { X = ReferenceCurve.ToBytes(x), Y = ReferenceCurve.ToBytes(y) };
    }

    internal static ECDsa Ecdsa(SecKey key) => ECDsa.Create(Parameters(key));

    /// <summary>The x coordinate of the product.</summary>
    internal static byte[] Agree(SecKey key, PubKey peer)
    {
        using var mine = ECDiffieHellman.Create(Parameters(key));
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.CreateFromValue("1.3.132.0.10"), Q = Point(peer) });
        return mine.DeriveRawSecretAgreement(theirs.PublicKey);
    }
}
