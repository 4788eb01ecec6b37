// Portable.BouncyCastle: what a .NET program without native code would otherwise use.
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;

namespace Skywire.Bench.Peers;

/// <summary>BouncyCastle's classes behind spans. It allocates; that is part of its price.</summary>
internal sealed class Bouncy
{
    /// <summary>Contender name.</summary>
    public const string Name = "BouncyCastle";

    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve.Curve, Curve.G, Curve.N, Curve.H);

    private readonly ChaCha20Poly1305 _cipher = new();
    private readonly RipeMD160Digest _ripemd = new();
    private readonly Sha256Digest _sha = new();
    private readonly FixedPointCombMultiplier _comb = new();

    /// <summary>Writes ciphertext || tag.</summary>
    public void Seal(byte[] key, byte[] nonce, byte[] input, int length, byte[] output) => Process(true, key, nonce, input, length, output);

    /// <summary>Opens ciphertext || tag; throws when the tag is wrong.</summary>
    public void Open(byte[] key, byte[] nonce, byte[] input, int length, byte[] output) => Process(false, key, nonce, input, length, output);

    /// <summary>SHA-256 of the compressed product.</summary>
    public void Ecdh(BigInteger secret, byte[] peer, byte[] shared)
    {
        var product = Curve.Curve.DecodePoint(peer).Multiply(secret).Normalize().GetEncoded(true);
        Sha256(product, shared);
    }

    /// <summary>A signer for a secret key, RFC 6979.</summary>
    public static ECDsaSigner Signer(BigInteger secret)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(true, new ECPrivateKeyParameters(secret, Domain));
        return signer;
    }

    /// <summary>r and s, s brought below n/2 as everyone's is.</summary>
    public static BigInteger[] Sign(ECDsaSigner signer, byte[] digest)
    {
        var signature = signer.GenerateSignature(digest);
        if (signature[1].CompareTo(Curve.N.ShiftRight(1)) > 0)
        {
            signature[1] = Curve.N.Subtract(signature[1]);
        }

        return signature;
    }

    /// <summary>Verifies.</summary>
    public static bool Verify(byte[] key, byte[] digest, BigInteger r, BigInteger s)
    {
        var verifier = new ECDsaSigner();
        verifier.Init(false, new ECPublicKeyParameters(Curve.Curve.DecodePoint(key), Domain));
        return verifier.VerifySignature(digest, r, s);
    }

    /// <summary>The compressed public key of a secret one.</summary>
    public byte[] PublicKey(BigInteger secret) => _comb.Multiply(Curve.G, secret).Normalize().GetEncoded(true);

    /// <summary>Both coordinates of a compressed key.</summary>
    public static (byte[] X, byte[] Y) Decompress(byte[] key)
    {
        var bytes = Curve.Curve.DecodePoint(key).GetEncoded(false);
        return (bytes[1..33], bytes[33..]);
    }

    /// <summary>SHA-256.</summary>
    public void Sha256(byte[] source, byte[] destination)
    {
        _sha.BlockUpdate(source, 0, source.Length);
        _sha.DoFinal(destination, 0);
    }

    /// <summary>RIPEMD-160.</summary>
    public void Ripemd160(byte[] source, byte[] destination)
    {
        _ripemd.BlockUpdate(source, 0, source.Length);
        _ripemd.DoFinal(destination, 0);
    }

    private void Process(bool seal, byte[] key, byte[] nonce, byte[] input, int length, byte[] output)
    {
        _cipher.Init(seal, new ParametersWithIV(new KeyParameter(key), nonce));
        var written = _cipher.ProcessBytes(input, 0, length, output, 0);
        _cipher.DoFinal(output, written);
    }
}
