// Two managed transports joined by a stream.
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Noise;
using Skywire.Transport.Links;
using Skywire.Wire;

namespace Skywire.Transport.Tests.Support;

internal static class Links
{
    internal const int SendBuffer = 256 * 1024;

    /// <summary>A transport over any stream, started.</summary>
    internal static ManagedTransport Start(IByteStream stream, SecKey key, PubKey remote, IPacketHandler handler, TimeProvider time, CauseCounters? causes = null, int sendBuffer = SendBuffer, TimeSpan? firstPing = null)
    {
        var entry = TransportEntry.Create(key.PublicKey, remote, TransportTypes.Stcpr, TransportLabels.User);
        var transport = new ManagedTransport(entry, new TransportLink(stream, remote), key.PublicKey < remote, handler, sendBuffer, firstPing ?? TimeSpan.FromSeconds(3), time, causes ?? new CauseCounters("test"), NullLogger.Instance);
        transport.Start();
        return transport;
    }

    /// <summary>Wraps both ends of a stream pair in noise with given keys, without a handshake.</summary>
    internal static (IByteStream A, IByteStream B) Encrypt(IByteStream a, IByteStream b, PubKey keyA, PubKey keyB)
    {
        var there = new byte[32];
        var back = new byte[32];
        there[0] = 1;
        back[0] = 2;
        return (
            new NoiseStream(a, keyB, new RecordSealer(there), new RecordOpener(back, ReceiveRule.Strict)),
            new NoiseStream(b, keyA, new RecordSealer(back), new RecordOpener(there, ReceiveRule.Strict)));
    }
}
