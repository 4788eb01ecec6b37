// Hashes of the lengths that handshakes and addresses use.
using System.Security.Cryptography;
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;
using Skywire.Crypto;
using FirmwareSha256 = Skywire.Crypto.Sha256;

namespace Skywire.Bench.Crypto;

/// <summary>SHA-256, HKDF as Noise uses it, RIPEMD-160.</summary>
internal static class HashSubjects
{
    /// <summary>Table names.</summary>
    public const string Ripemd = "RIPEMD-160", Sha = "SHA-256", Hkdf = "Noise HKDF";

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(0.4);

    /// <summary>All subjects.</summary>
    public static IEnumerable<Subject> Create()
    {
        foreach (var size in (int[])[32, 64, 128, 1024])
        {
            yield return CreateSha(size);
        }

        yield return CreateHkdf();
        foreach (var size in (int[])[64, 1024])
        {
            var source = new byte[size];
            new Random(size).NextBytes(source);
            var output = new byte[Ripemd160.HashSize];
            var expected = new byte[Ripemd160.HashSize];
            Ripemd160.HashData(source, expected);
            var contenders = new List<Contender> { Hash(Contender.Ours, () => Ripemd160.HashData(source, output), output, expected) };
            if (NativePeer.OpenSsl.IsPresent && OpenSslDigest.TryCreate("RIPEMD160") is { } openSsl)
            {
                contenders.Add(Hash(NativePeer.OpenSsl.Name, () => openSsl.Hash(source, output), output, expected));
            }

            var bouncy = new Bouncy();
            contenders.Add(Hash(Bouncy.Name, () => bouncy.Ripemd160(source, output), output, expected));
            yield return new Subject(Ripemd, AeadSubjects.Label(size), size, Slice, contenders);
        }
    }

    private static Subject CreateSha(int size)
    {
        var source = new byte[size];
        new Random(size).NextBytes(source);
        var output = new byte[FirmwareSha256.HashSize];
        var expected = new byte[FirmwareSha256.HashSize];
        FirmwareSha256.HashData(source, expected);
        var contenders = new List<Contender>
        {
            Hash(Contender.Ours, () => FirmwareSha256.HashData(source, output), output, expected),
            Hash(AeadSubjects.Platform, () => SHA256.HashData(source, output), output, expected),
        };
        if (NativePeer.OpenSsl.IsPresent && OpenSslDigest.TryCreate("SHA256") is { } openSsl)
        {
            contenders.Add(Hash(NativePeer.OpenSsl.Name, () => openSsl.Hash(source, output), output, expected));
        }

        if (NativePeer.Sodium.IsPresent)
        {
            contenders.Add(Hash(NativePeer.Sodium.Name, () => Sodium.Hash(source, output), output, expected));
        }

        var bouncy = new Bouncy();
        contenders.Add(Hash(Bouncy.Name, () => bouncy.Sha256(source, output), output, expected));
        return new Subject(Sha, AeadSubjects.Label(size), size, Slice, contenders);
    }

    // Two outputs of 32 bytes from a chaining key and a 33-byte secret: what every token of a handshake costs besides the curve.
    private static Subject CreateHkdf()
    {
        var chainingKey = new byte[32];
        var input = new byte[33];
        new Random(1).NextBytes(chainingKey);
        new Random(2).NextBytes(input);
        var output = new byte[64];
        var expected = new byte[64];
        HmacSha256.Expand(chainingKey, input, expected.AsSpan(0, 32), expected.AsSpan(32));
        var pseudoRandomKey = new byte[32];
        return new Subject(Hkdf, "two outputs", 0, Slice,
        [
            Hash(Contender.Ours, () => HmacSha256.Expand(chainingKey, input, output.AsSpan(0, 32), output.AsSpan(32)), output, expected),
            Hash(
                AeadSubjects.Platform,
                () =>
                {
                    HKDF.Extract(HashAlgorithmName.SHA256, input, chainingKey, pseudoRandomKey);
                    HKDF.Expand(HashAlgorithmName.SHA256, pseudoRandomKey, output, []);
                },
                output,
                expected),
        ]);
    }

    private static Contender Hash(string name, Action once, byte[] output, byte[] expected) => new(
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
            return output.AsSpan().SequenceEqual(expected) ? null : "another hash";
        });
}
