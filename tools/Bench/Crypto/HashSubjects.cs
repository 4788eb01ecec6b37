// Hashes of the lengths that handshakes and addresses use.
using System.Security.Cryptography;
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;
using Skywire.Crypto;

namespace Skywire.Bench.Crypto;

/// <summary>RIPEMD-160.</summary>
internal static class HashSubjects
{
    /// <summary>Table names.</summary>
    public const string Ripemd = "RIPEMD-160";

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(0.4);

    /// <summary>All subjects.</summary>
    public static IEnumerable<Subject> Create()
    {
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
