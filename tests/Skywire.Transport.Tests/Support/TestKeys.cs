// Keys used by the tests.
using Skywire.Crypto;
using Skywire.Testing;

namespace Skywire.Transport.Tests.Support;

internal static class TestKeys
{
    /// <summary>A key from a seed.</summary>
    internal static SecKey Seeded(int seed) => SecKey.Generate(new SeededEntropy(seed));

    /// <summary>Two keys, the smaller public key first: the first is the least significant edge.</summary>
    internal static (SecKey Least, SecKey Most) Ordered(int seed)
    {
        var a = Seeded(seed);
        var b = Seeded(seed + 1);
        return a.PublicKey < b.PublicKey ? (a, b) : (b, a);
    }

    /// <summary>A key of a vector file.</summary>
    internal static SecKey Vector(string file, string name) => SecKey.TryParseHex(Vectors.Load(file).GetProperty("keys").GetProperty(name).Text("sk"), out var key) ? key! : throw new InvalidDataException(name);

    /// <summary>Entropy that yields these bytes first, then those of a seed.</summary>
    internal sealed class Scripted(params byte[][] first) : IEntropy
    {
        private readonly Queue<byte[]> _first = new(first);
        private readonly SeededEntropy _then = new(1);

        public void Fill(Span<byte> destination)
        {
            if (_first.TryDequeue(out var bytes))
            {
                bytes.CopyTo(destination);
            }
            else
            {
                _then.Fill(destination);
            }
        }
    }
}
