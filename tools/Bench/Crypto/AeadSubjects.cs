// ChaCha20-Poly1305 per packet: a new nonce and a tag every time, the key object kept where an interface has one, no associated data.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;
using Skywire.Crypto;

namespace Skywire.Bench.Crypto;

/// <summary>Seal and open at the sizes of the targets.</summary>
internal static class AeadSubjects
{
    /// <summary>Table names.</summary>
    public const string Seal = "AEAD seal", Open = "AEAD open";

    /// <summary>.NET's class.</summary>
    public const string Platform = ".NET class";

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(0.4);

    /// <summary>Packet sizes in bytes.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [64, 256, 1024, 1500, 16384];

    /// <summary>All subjects.</summary>
    public static IEnumerable<Subject> Create()
    {
        foreach (var size in Sizes)
        {
            yield return CreateSeal(size);
        }

        foreach (var size in Sizes)
        {
            yield return CreateOpen(size);
        }

        foreach (var kernel in Enum.GetValues<AeadKernel>().Where(k => k != AeadKernels.Best && AeadKernels.IsSupported(k)))
        {
            foreach (var size in Sizes)
            {
                yield return CreateSeal(size, kernel);
            }
        }
    }

    /// <summary>The table of a kernel that this machine would not choose by itself.</summary>
    public static string SealBy(AeadKernel kernel) => $"{Seal}, {kernel} kernel";

    /// <summary>The table of the kernel that stands for ARM64 on x86.</summary>
    public static string SealBy128 => SealBy(AeadKernel.Vector128);

    // A forced kernel meets .NET's class only.
    private static Subject CreateSeal(int size, AeadKernel? kernel = null)
    {
        var (key, plaintext, output, nonce) = Buffers(size);
        var counter = 0UL;
        var ours = new AeadKey(key, kernel ?? AeadKernels.Best);
        var expected = new byte[size + AeadKey.TagSize];
        ours.Seal(1, plaintext, expected);

        // Every contender writes the nonce for every packet; the check uses number 1.
        ReadOnlySpan<byte> Next()
        {
            BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), ++counter);
            return nonce;
        }

        Contender Contender(string name, Action<int> run) => new(name, run, () =>
        {
            counter = 0;
            output.AsSpan().Clear();
            run(1);
            return output.AsSpan().SequenceEqual(expected) ? null : "other bytes";
        });

        var contenders = new List<Contender>
        {
            Contender(Measuring.Contender.Ours, n =>
            {
                for (var i = 0; i < n; i++)
                {
                    ours.Seal(++counter, plaintext, output);
                }
            }),
        };
        if (ChaCha20Poly1305.IsSupported)
        {
            var platform = new ChaCha20Poly1305(key);
            contenders.Add(Contender(Platform, n =>
            {
                for (var i = 0; i < n; i++)
                {
                    platform.Encrypt(Next(), plaintext, output.AsSpan(0, size), output.AsSpan(size));
                }
            }));
        }

        if (kernel is not null)
        {
            return new Subject(SealBy(kernel.Value), Label(size), size, Slice, contenders);
        }

        if (NativePeer.OpenSsl.IsPresent)
        {
            var openSsl = new OpenSsl(key);
            contenders.Add(Contender(NativePeer.OpenSsl.Name, n =>
            {
                for (var i = 0; i < n; i++)
                {
                    openSsl.Seal(Next(), plaintext, output);
                }
            }));
        }

        if (NativePeer.Sodium.IsPresent)
        {
            contenders.Add(Contender(NativePeer.Sodium.Name, n =>
            {
                for (var i = 0; i < n; i++)
                {
                    Sodium.Seal(key, Next(), plaintext, output);
                }
            }));
        }

        var bouncy = new Bouncy();
        contenders.Add(Contender(Bouncy.Name, n =>
        {
            for (var i = 0; i < n; i++)
            {
                Next();
                bouncy.Seal(key, nonce, plaintext, size, output);
            }
        }));
        return new Subject(Seal, Label(size), size, Slice, contenders);
    }

    private static Subject CreateOpen(int size)
    {
        var (key, plaintext, input, nonce) = Buffers(size);
        var output = new byte[size];
        var ours = new AeadKey(key);
        ours.Seal(1, plaintext, input);
        BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), 1);
        var refused = 0;

        Contender Contender(string name, Action<int> run) => new(name, run, () =>
        {
            refused = 0;
            output.AsSpan().Clear();
            run(1);
            return refused == 0 && output.AsSpan().SequenceEqual(plaintext) ? null : "other bytes";
        });

        // The same packet again and again: receivers keep no state. The nonce is written for each all the same.
        ReadOnlySpan<byte> Next()
        {
            BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), 1);
            return nonce;
        }

        var contenders = new List<Contender>
        {
            Contender(Measuring.Contender.Ours, n =>
            {
                for (var i = 0; i < n; i++)
                {
                    refused += ours.Open(1, input, output) ? 0 : 1;
                }
            }),
        };
        if (ChaCha20Poly1305.IsSupported)
        {
            var platform = new ChaCha20Poly1305(key);
            contenders.Add(Contender(Platform, n =>
            {
                for (var i = 0; i < n; i++)
                {
                    platform.Decrypt(Next(), input.AsSpan(0, size), input.AsSpan(size), output);
                }
            }));
        }

        if (NativePeer.OpenSsl.IsPresent)
        {
            var openSsl = new OpenSsl(key);
            contenders.Add(Contender(NativePeer.OpenSsl.Name, n =>
            {
                for (var i = 0; i < n; i++)
                {
                    refused += openSsl.Open(Next(), input, output) ? 0 : 1;
                }
            }));
        }

        if (NativePeer.Sodium.IsPresent)
        {
            contenders.Add(Contender(NativePeer.Sodium.Name, n =>
            {
                for (var i = 0; i < n; i++)
                {
                    refused += Sodium.Open(key, Next(), input, output) ? 0 : 1;
                }
            }));
        }

        var bouncy = new Bouncy();
        contenders.Add(Contender(Bouncy.Name, n =>
        {
            for (var i = 0; i < n; i++)
            {
                Next();
                bouncy.Open(key, nonce, input, input.Length, output);
            }
        }));
        return new Subject(Open, Label(size), size, Slice, contenders);
    }

    /// <summary>The column of a size.</summary>
    public static string Label(int size) => string.Create(CultureInfo.InvariantCulture, $"{size} B");

    private static (byte[] Key, byte[] Plaintext, byte[] Sealed, byte[] Nonce) Buffers(int size)
    {
        var random = new Random(size);
        var key = new byte[AeadKey.KeySize];
        var plaintext = new byte[size];
        random.NextBytes(key);
        random.NextBytes(plaintext);
        return (key, plaintext, new byte[size + AeadKey.TagSize], new byte[12]);
    }
}
