// SCAFFOLD: signature only.
using Skywire.Crypto;

namespace Skywire.Noise;

/// <summary>Handshake patterns in use (spec 02 §2).</summary>
public enum HandshakePattern
{
    /// <summary>Initiator knows the responder: dmsg client to server. Transport keys are swapped against the Noise text.</summary>
    XK,

    /// <summary>Both know each other: transports, dmsg streams, route groups.</summary>
    KK,
}

/// <summary>Drives one Noise handshake: bytes in, bytes out, no IO. Not thread-safe; unusable once a read failed.</summary>
public sealed class HandshakeState : IDisposable
{
    /// <summary>Largest handshake message read or written (frame limit, spec 02 §3).</summary>
    public const int MaxMessage = 4094;

    /// <summary>Sets the handshake up. <paramref name="remoteStatic"/> is needed but for an XK responder. The static key stays the caller's.</summary>
    public HandshakeState(HandshakePattern pattern, bool initiator, SecKey localStatic, PubKey remoteStatic, IEntropy entropy) => throw new NotImplementedException();

    /// <summary>True when it is this side's turn to write.</summary>
    public bool IsWriteTurn => throw new NotImplementedException();

    /// <summary>True when the last message was written or read.</summary>
    public bool IsComplete => throw new NotImplementedException();

    /// <summary>The peer's static key; for an XK responder known once complete.</summary>
    public PubKey RemoteStatic => throw new NotImplementedException();

    /// <summary>Final handshake hash h (32 bytes), once complete.</summary>
    public ReadOnlySpan<byte> HandshakeHash => throw new NotImplementedException();

    /// <summary>Writes the next message (49 or 65 bytes plus the payload) and returns its length.</summary>
    public int WriteMessage(ReadOnlySpan<byte> payload, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>Reads the peer's message; its payload is checked and ignored. False: the handshake has failed for good. Never throws for what a peer sends.</summary>
    public bool TryReadMessage(ReadOnlySpan<byte> message) => throw new NotImplementedException();

    /// <summary>The two record keys, once complete; ownership moves to the caller, once.</summary>
    public (RecordSealer Send, RecordOpener Receive) Split(ReceiveRule rule) => throw new NotImplementedException();

    /// <summary>Wipes all secrets.</summary>
    public void Dispose() => throw new NotImplementedException();
}
