// The keys, digest and signature all curve contenders work on, in every form someone needs them in.
using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using Skywire.Bench.Peers;
using Skywire.Crypto;

namespace Skywire.Bench.Crypto;

/// <summary>Fixed inputs; no secret of anyone's.</summary>
internal sealed class CurveParty
{
    public CurveParty()
    {
        Secret = SHA256.HashData("skywire bench, one"u8);
        Key = KeyOf(Secret);
        Number = new BigInteger(1, Secret);
        PeerKey = KeyOf(SHA256.HashData("skywire bench, two"u8)).PublicKey;
        Peer = PeerKey.ToBytes();
        Public = Key.PublicKey;
        PublicBytes = Public.ToBytes();
        Digest = SHA256.HashData("skywire bench, digest"u8);
        Signature = Key.Sign(Digest);
        SignatureBytes = new byte[Skywire.Crypto.Signature.Size];
        Signature.CopyTo(SignatureBytes);
        Native = NativePeer.Secp256k1.IsPresent ? new Secp256k1() : null;
        PeerParameters = Parameters(Peer);
        PublicParameters = Parameters(PublicBytes);
        try
        {
            PlatformAgreement = ECDiffieHellman.Create(WithSecret());
            PlatformSigner = ECDsa.Create(WithSecret());
        }
        catch (Exception e) when (e is PlatformNotSupportedException or CryptographicException)
        {
            // Some builds of OpenSSL have no secp256k1: then .NET's classes take no part.
        }
    }

    /// <summary>The curve by its object identifier: .NET has no name for it.</summary>
    public static ECCurve PlatformCurve { get; } = ECCurve.CreateFromValue("1.3.132.0.10");

    public byte[] Secret { get; }

    public BigInteger Number { get; }

    public SecKey Key { get; }

    public PubKey Public { get; }

    public byte[] PublicBytes { get; }

    public PubKey PeerKey { get; }

    public byte[] Peer { get; }

    public byte[] Digest { get; }

    public Signature Signature { get; }

    public byte[] SignatureBytes { get; }

    public ECParameters PeerParameters { get; }

    public ECParameters PublicParameters { get; }

    public Secp256k1? Native { get; }

    public ECDiffieHellman? PlatformAgreement { get; }

    public ECDsa? PlatformSigner { get; }

    /// <summary>The firmware's key of 32 bytes, public half computed.</summary>
    public static SecKey KeyOf(ReadOnlySpan<byte> secret) => SecKey.TryParse(secret, out var key) ? key! : throw new ArgumentException("not a key", nameof(secret));

    private ECParameters WithSecret()
    {
        var parameters = PublicParameters;
        parameters.D = Secret;
        return parameters;
    }

    // .NET wants both coordinates; they are worked out beforehand, in its favour.
    private static ECParameters Parameters(byte[] compressed)
    {
        var (x, y) = Bouncy.Decompress(compressed);
        return new ECParameters { Curve = PlatformCurve, Q = new ECPoint { X = x, Y = y } };
    }
}
