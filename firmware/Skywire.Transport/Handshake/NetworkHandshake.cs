// The network handshake of a TCP link without IO (spec 10 §4). Initiator: sent F0, got F1, sent F2, got F3. Responder: got F0, sent F1, got F2, sent F3.
using System.Security.Cryptography;
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Transport.Handshake;

/// <summary>What the shell has to do next.</summary>
internal enum HandshakeWant
{
    /// <summary>Write <see cref="NetworkHandshake.Outgoing"/> with one write, then call <see cref="NetworkHandshake.Written"/>.</summary>
    Write,

    /// <summary>Read exactly the nine bytes of F0.</summary>
    ReadRequest,

    /// <summary>Read up to and including LF, and no further.</summary>
    ReadLine,

    /// <summary>Both addresses are known.</summary>
    Done,

    /// <summary>Close the stream; <see cref="NetworkHandshake.Error"/> says why.</summary>
    Failed,
}

/// <summary>Drives one handshake. Not thread-safe.</summary>
internal sealed class NetworkHandshake
{
    private readonly bool _initiator;
    private readonly SecKey? _key;
    private readonly Func<ushort, bool>? _isListening;
    private readonly byte[] _nonce = new byte[NetworkHandshakeFrames.NonceSize];
    private HandshakeWant _afterWrite;
    private bool _nonceSeen;

    private NetworkHandshake(bool initiator, SecKey? key, Func<ushort, bool>? isListening)
    {
        _initiator = initiator;
        _key = key;
        _isListening = isListening;
    }

    /// <summary>What to do now.</summary>
    internal HandshakeWant Want { get; private set; }

    /// <summary>The frame to write.</summary>
    internal ReadOnlyMemory<byte> Outgoing { get; private set; }

    /// <summary>This end.</summary>
    internal SkywireAddress Local { get; private set; }

    /// <summary>The other end; proved to a responder once done, to an initiator only by the noise handshake that follows.</summary>
    internal SkywireAddress Remote { get; private set; }

    /// <summary>Why it failed.</summary>
    internal ProtocolError Error { get; private set; }

    /// <summary>The same in words.</summary>
    internal string Reason { get; private set; } = "";

    /// <summary>The dialling side.</summary>
    internal static NetworkHandshake Initiate(SecKey key, ushort localPort, SkywireAddress remote)
    {
        var handshake = new NetworkHandshake(true, key, null) { Local = new SkywireAddress(key.PublicKey, localPort), Remote = remote };
        handshake.Send(NetworkHandshakeFrames.GetNonce.ToArray(), HandshakeWant.ReadLine);
        return handshake;
    }

    /// <summary>The accepting side.</summary>
    internal static NetworkHandshake Respond(Func<ushort, bool> isListening, IEntropy entropy)
    {
        var handshake = new NetworkHandshake(false, null, isListening) { Want = HandshakeWant.ReadRequest };
        entropy.Fill(handshake._nonce);
        return handshake;
    }

    /// <summary>Outgoing was handed to the stream.</summary>
    internal void Written()
    {
        Outgoing = default;
        Want = _afterWrite;
    }

    /// <summary>Takes what was read: F0 when a request was wanted, else one line with its LF. Never throws for its content.</summary>
    internal void Receive(ReadOnlySpan<byte> frame)
    {
        switch (Want)
        {
            case HandshakeWant.ReadRequest:
                ReceiveRequest(frame);
                break;
            case HandshakeWant.ReadLine when !_initiator:
                ReceiveProof(frame);
                break;
            case HandshakeWant.ReadLine when !_nonceSeen:
                ReceiveNonce(frame);
                break;
            case HandshakeWant.ReadLine:
                ReceiveReply(frame);
                break;
            default:
                throw new InvalidOperationException("the handshake wants no frame now");
        }
    }

    private void ReceiveRequest(ReadOnlySpan<byte> frame)
    {
        if (frame.SequenceEqual(NetworkHandshakeFrames.GetNonce))
        {
            Send(NetworkHandshakeFrames.WriteNonce(_nonce), HandshakeWant.ReadLine);
        }
        else
        {
            Fail(ProtocolError.BadNetworkHandshake, "the first frame is not get_nonce");
        }
    }

    private void ReceiveNonce(ReadOnlySpan<byte> frame)
    {
        if (!NetworkHandshakeFrames.TryParseNonce(frame, out var nonce))
        {
            Fail(ProtocolError.BadNetworkHandshake, "the nonce frame cannot be read");
            return;
        }

        _nonceSeen = true;
        var proof = new HandshakeProof(Local, Remote, nonce, default);
        proof = proof with { Signature = _key!.SignPayload(NetworkHandshakeFrames.SignedPayload(proof)) };
        Send(NetworkHandshakeFrames.WriteProof(proof), HandshakeWant.ReadLine);
    }

    private void ReceiveReply(ReadOnlySpan<byte> frame)
    {
        if (!NetworkHandshakeFrames.TryParseReply(frame, out var accepted, out var error))
        {
            Fail(ProtocolError.BadNetworkHandshake, "the reply frame cannot be read");
        }
        else if (!accepted)
        {
            Fail(ProtocolError.NoListener, "refused by the peer: " + Printable(error));
        }
        else
        {
            Want = HandshakeWant.Done;
        }
    }

    // Ordered cheapest first: shape, nonce, curve work, port.
    private void ReceiveProof(ReadOnlySpan<byte> frame)
    {
        if (!NetworkHandshakeFrames.TryParseProof(frame, out var proof) || proof!.Source.Key.IsNull)
        {
            Fail(ProtocolError.BadNetworkHandshake, "the proof frame cannot be read");
        }
        else if (!CryptographicOperations.FixedTimeEquals(proof.Nonce, _nonce))
        {
            Fail(ProtocolError.BadNetworkHandshake, "the proof carries another nonce");
        }
        else if (!proof.Signature.VerifyPayload(proof.Source.Key, NetworkHandshakeFrames.SignedPayload(proof)))
        {
            Fail(ProtocolError.BadNetworkHandshake, "the signature of the proof is wrong");
        }
        else if (!_isListening!(proof.Destination.Port))
        {
            Fail(ProtocolError.NoListener, $"nobody listens on skywire port {proof.Destination.Port}");
            Send(NetworkHandshakeFrames.WriteReply(false, "not listening on given port"), HandshakeWant.Failed);
        }
        else
        {
            Local = proof.Destination;
            Remote = proof.Source;
            Send(NetworkHandshakeFrames.WriteReply(true, ""), HandshakeWant.Done);
        }
    }

    private void Send(byte[] frame, HandshakeWant after)
    {
        Outgoing = frame;
        _afterWrite = after;
        Want = HandshakeWant.Write;
    }

    private void Fail(ProtocolError error, string reason)
    {
        Error = error;
        Reason = reason;
        Want = HandshakeWant.Failed;
    }

    /// <summary>A peer's words go to logs and terminals: cut, and control characters taken out.</summary>
    private static string Printable(string text) => new([.. text.Take(120).Where(c => !char.IsControl(c))]);
}
