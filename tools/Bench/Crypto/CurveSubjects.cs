// secp256k1 from the bytes on the wire to the bytes on the wire: peers' keys (33 bytes) and signatures are parsed within every operation.
using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;
using Skywire.Crypto;

namespace Skywire.Bench.Crypto;

/// <summary>Key agreement, signing, verification, recovery and key generation.</summary>
internal static class CurveSubjects
{
    /// <summary>Table name.</summary>
    public const string Group = "secp256k1";

    /// <summary>Column names.</summary>
    public const string Ecdh = "ECDH", Sign = "sign", Verify = "verify", Recover = "recover", KeyGeneration = "key generation";

    /// <summary>.NET's classes, OpenSSL below.</summary>
    public const string Platform = ".NET class";

    /// <summary>Signing as the firmware does it: with the check of the result.</summary>
    public const string Checked = "ours, self-checked";

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(1);

    /// <summary>All subjects.</summary>
    public static IEnumerable<Subject> Create()
    {
        var party = new CurveParty();
        yield return new Subject(Group, Ecdh, 0, Slice, [.. EcdhContenders(party)]);
        yield return new Subject(Group, Sign, 0, Slice, [.. SignContenders(party)]);
        yield return new Subject(Group, Verify, 0, Slice, [.. VerifyContenders(party)]);
        yield return new Subject(Group, Recover, 0, Slice, [.. RecoverContenders(party)]);
        yield return new Subject(Group, KeyGeneration, 0, Slice, [.. KeyContenders(party)]);
    }

    private static IEnumerable<Contender> EcdhContenders(CurveParty party)
    {
        var shared = new byte[32];
        var expected = new byte[32];
        party.Key.Ecdh(party.PeerKey, expected);
        yield return Repeat(Contender.Ours, () => party.Key.Ecdh(party.PeerKey, shared), Same(shared, expected));
        if (party.Native is { } native)
        {
            yield return Repeat(NativePeer.Secp256k1.Name, () => native.Ecdh(party.Secret, party.Peer, shared), Same(shared, expected));
        }

        if (party.PlatformAgreement is { } agreement)
        {
            // It has x only, and reads no compressed keys; the product's other half is tried both ways for the check.
            byte[] x = [];
            var compressed = new byte[33];
            yield return Repeat(
                Platform,
                () =>
                {
                    using var peer = ECDiffieHellman.Create(party.PeerParameters);
                    using var peerKey = peer.PublicKey;
                    x = agreement.DeriveRawSecretAgreement(peerKey);
                },
                () =>
                {
                    x.CopyTo(compressed, 1);
                    compressed[0] = 2;
                    var even = SHA256.HashData(compressed);
                    compressed[0] = 3;
                    return even.AsSpan().SequenceEqual(expected) || SHA256.HashData(compressed).AsSpan().SequenceEqual(expected) ? null : "another product";
                });
        }

        var bouncy = new Bouncy();
        yield return Repeat(Bouncy.Name, () => bouncy.Ecdh(party.Number, party.Peer, shared), Same(shared, expected));
    }

    private static IEnumerable<Contender> SignContenders(CurveParty party)
    {
        var signature = new byte[Signature.Size];
        var expected = party.SignatureBytes;
        yield return Repeat(Contender.Ours, () => SignUnchecked(party.Secret, party.Digest, signature), Same(signature, expected));
        yield return Repeat(Checked, () => party.Key.Sign(party.Digest).CopyTo(signature), Same(signature, expected));
        if (party.Native is { } native)
        {
            yield return Repeat(NativePeer.Secp256k1.Name, () => native.Sign(party.Secret, party.Digest, signature), Same(signature, expected));
        }

        if (party.PlatformSigner is { } signer)
        {
            // A random nonce: there are no bytes to compare, so the check is that the firmware recovers the key from r || s with some recid.
            byte[] made = [];
            yield return Repeat(Platform, () => made = signer.SignHash(party.Digest), () => RecoversTo(party, made) ? null : "a signature of another key");
        }

        var bouncy = Bouncy.Signer(party.Number);
        BigInteger[] result = [];
        yield return Repeat(
            Bouncy.Name,
            () => result = Bouncy.Sign(bouncy, party.Digest),
            () => result[0].Equals(new BigInteger(1, expected, 0, 32)) && result[1].Equals(new BigInteger(1, expected, 32, 32)) ? null : "another signature");
    }

    private static IEnumerable<Contender> VerifyContenders(CurveParty party)
    {
        var ok = false;
        string? Check() => ok ? null : "a good signature refused";
        yield return Repeat(Contender.Ours, () => ok = party.Signature.Verify(party.Public, party.Digest), Check);
        if (party.Native is { } native)
        {
            yield return Repeat(NativePeer.Secp256k1.Name, () => ok = native.Verify(party.PublicBytes, party.Digest, party.SignatureBytes), Check);
        }

        if (party.PlatformSigner is not null)
        {
            yield return Repeat(
                Platform,
                () =>
                {
                    using var verifier = ECDsa.Create(party.PublicParameters);
                    ok = verifier.VerifyHash(party.Digest, party.SignatureBytes.AsSpan(0, 64));
                },
                Check);
        }

        var r = new BigInteger(1, party.SignatureBytes, 0, 32);
        var s = new BigInteger(1, party.SignatureBytes, 32, 32);
        yield return Repeat(Bouncy.Name, () => ok = Bouncy.Verify(party.PublicBytes, party.Digest, r, s), Check);
    }

    private static IEnumerable<Contender> RecoverContenders(CurveParty party)
    {
        var key = new byte[PubKey.Size];
        yield return Repeat(
            Contender.Ours,
            () =>
            {
                Skywire.Crypto.Ecdsa.TryRecoverVartime(party.SignatureBytes, party.Digest, out var recovered);
                recovered.CopyTo(key);
            },
            Same(key, party.PublicBytes));
        if (party.Native is { } native)
        {
            yield return Repeat(NativePeer.Secp256k1.Name, () => native.Recover(party.SignatureBytes, party.Digest, key), Same(key, party.PublicBytes));
        }
    }

    private static IEnumerable<Contender> KeyContenders(CurveParty party)
    {
        var key = new byte[PubKey.Size];
        yield return Repeat(
            Contender.Ours,
            () =>
            {
                using var made = CurveParty.KeyOf(party.Secret);
                made.PublicKey.CopyTo(key);
            },
            Same(key, party.PublicBytes));
        if (party.Native is { } native)
        {
            yield return Repeat(NativePeer.Secp256k1.Name, () => native.PublicKey(party.Secret, key), Same(key, party.PublicBytes));
        }

        if (party.PlatformAgreement is not null)
        {
            var q = default(ECPoint);
            yield return Repeat(
                Platform,
                () =>
                {
                    using var made = ECDiffieHellman.Create(new ECParameters { Curve = CurveParty.PlatformCurve, D = party.Secret });
                    q = made.ExportParameters(false).Q;
                },
                () => q.X.AsSpan().SequenceEqual(party.PublicBytes.AsSpan(1)) ? null : "another key");
        }

        var bouncy = new Bouncy();
        byte[] result = [];
        yield return Repeat(Bouncy.Name, () => result = bouncy.PublicKey(party.Number), () => result.AsSpan().SequenceEqual(party.PublicBytes) ? null : "another key");
    }

    // The core of signing: nonce, signature, nothing checked afterwards, which is what the peers do.
    internal static void SignUnchecked(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> digest, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[32];
        using var nonces = new Rfc6979Nonce(secret, digest, stackalloc byte[Rfc6979Nonce.WorkSize]);
        Signature signature;
        do
        {
            nonces.Next(nonce);
        }
        while (!Skywire.Crypto.Ecdsa.TrySignWithNonce(secret, digest, nonce, out signature));
        signature.CopyTo(destination);
    }

    private static bool RecoversTo(CurveParty party, byte[] signature)
    {
        var withRecid = new byte[Signature.Size];
        signature.CopyTo(withRecid, 0);
        for (; withRecid[64] < 4; withRecid[64]++)
        {
            if (Skywire.Crypto.Ecdsa.TryRecoverVartime(withRecid, party.Digest, out var key) && key == party.Public)
            {
                return true;
            }
        }

        return false;
    }

    private static Func<string?> Same(byte[] actual, byte[] expected) => () => actual.AsSpan().SequenceEqual(expected) ? null : "other bytes";

    private static Contender Repeat(string name, Action once, Func<string?> check) => new(
        name,
        n =>
        {
            for (var i = 0; i < n; i++)
            {
                once();
            }
        },
        () =>
        {
            once();
            return check();
        });
}
