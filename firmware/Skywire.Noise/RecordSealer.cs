// The sending half of a Noise channel after the handshake.
using System.Buffers.Binary;
using Skywire.Crypto;

namespace Skywire.Noise;

/// <summary>Seals records: counter (8, big endian) || ciphertext || tag (spec 02 §4). Counter starts at 1. One owner.</summary>
public sealed class RecordSealer : IDisposable
{
    /// <summary>Bytes a record adds to its plaintext: 8 + 16.</summary>
    public const int Overhead = CounterSize + AeadKey.TagSize;

    internal const int CounterSize = 8;

    private readonly AeadKey _key;
    private ulong _counter;

    /// <summary>Takes a copy of the 32-byte key.</summary>
    public RecordSealer(ReadOnlySpan<byte> key)
    {
        _key = new AeadKey(key);
    }

    /// <summary>Writes <c>plaintext.Length + 24</c> bytes and returns that. No allocation. The two buffers must not overlap.</summary>
    public int Seal(ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        var length = plaintext.Length + Overhead;
        if (destination.Length < length)
        {
            throw new ArgumentException("shorter than the record", nameof(destination));
        }

        // The counter grows before use, so the first record carries 1; running out of counters would repeat a nonce.
        _counter = checked(_counter + 1);
        BinaryPrimitives.WriteUInt64BigEndian(destination, _counter);
        _key.Seal(_counter, plaintext, destination[CounterSize..length]);
        return length;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => _key.Dispose();
}
