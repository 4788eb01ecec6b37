// Fixed identities, so that a corpus made once stays valid.
using Skywire.Crypto;
using Skywire.Noise;
using Skywire.Testing;

namespace Skywire.Fuzz.Targets;

/// <summary>Keys of the two ends in every target. They guard nothing.</summary>
internal static class FuzzKeys
{
    /// <summary>The end under test.</summary>
    public static SecKey Own { get; } = SecKey.Generate(new SimulationEntropy(1).For("own"));

    /// <summary>The end whose bytes are made up.</summary>
    public static SecKey Peer { get; } = SecKey.Generate(new SimulationEntropy(1).For("peer"));

    /// <summary>A record key both ends hold.</summary>
    public static byte[] Record { get; } = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];

    /// <summary>The same ephemeral draws each time.</summary>
    public static SimulationEntropy Entropy(string purpose) => new SimulationEntropy(2).For(purpose);

    /// <summary>A handshake of one of the ends with fixed ephemerals.</summary>
    public static HandshakeState Handshake(HandshakePattern pattern, bool own, bool initiator)
    {
        var learns = pattern == HandshakePattern.XK && !initiator;
        return new HandshakeState(pattern, initiator, own ? Own : Peer, learns ? default : (own ? Peer : Own).PublicKey, Entropy(own ? "own" : "peer"));
    }
}
