// Hands out prepared bytes, so that recorded handshakes can be made again.
using Skywire.Crypto;

namespace Skywire.Noise.Tests;

internal sealed class FixedEntropy(params byte[][] draws) : IEntropy
{
    private readonly Queue<byte[]> _draws = new(draws);

    public void Fill(Span<byte> destination) => _draws.Dequeue().CopyTo(destination);
}
