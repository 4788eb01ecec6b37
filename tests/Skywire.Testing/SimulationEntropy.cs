// Randomness of a simulated run.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Skywire.Crypto;

namespace Skywire.Testing;

/// <summary>
/// Reproducible randomness with one independent stream per purpose, so that one more draw in one place does not change every other. The same seed
/// and purpose give the same bytes. Not for keys that guard anything.
/// </summary>
public sealed class SimulationEntropy : IEntropy
{
    private readonly Dictionary<string, SimulationEntropy> _streams = [];
    private readonly string _path;
    private readonly Random _random;

    public SimulationEntropy(int seed)
        : this(seed.ToString(System.Globalization.CultureInfo.InvariantCulture))
    {
    }

    private SimulationEntropy(string path)
    {
        _path = path;
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(path), digest);
        _random = new Random(BinaryPrimitives.ReadInt32LittleEndian(digest));
    }

    /// <summary>The stream of a purpose; the same object each time, so its draws go on where they stopped.</summary>
    public SimulationEntropy For(string purpose)
    {
        lock (_streams)
        {
            if (!_streams.TryGetValue(purpose, out var stream))
            {
                _streams.Add(purpose, stream = new SimulationEntropy(_path + "/" + purpose));
            }

            return stream;
        }
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => _random.NextBytes(destination);

    /// <summary>A number from 0 up to below <paramref name="exclusiveMax"/>.</summary>
    public int Next(int exclusiveMax) => _random.Next(exclusiveMax);

    /// <summary>A number from 0 up to below 1.</summary>
    public double NextDouble() => _random.NextDouble();
}
