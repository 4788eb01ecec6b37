// The state machine: the recorded conversation from both sides, and every refusal.
using System.Text;
using Skywire.Testing;
using Skywire.Transport.Handshake;
using Skywire.Transport.Tests.Support;
using Skywire.Wire;
using Xunit;

namespace Skywire.Transport.Tests.Handshake;

public sealed class NetworkHandshakeTests
{
    private const string File = "transport-handshake.json";

    private static byte[][] Transcript => [.. Vectors.Load(File).GetProperty("network_handshake_transcript").EnumerateArray().Select(f => f.Hex("hex"))];

    [Fact]
    public void Respond_RecordedTranscript_AnswersByteForByte()
    {
        var frames = Transcript;
        Assert.True(NetworkHandshakeFrames.TryParseNonce(frames[1], out var nonce));
        var responder = NetworkHandshake.Respond(port => port == 45, new TestKeys.Scripted(nonce));
        Assert.Equal(HandshakeWant.ReadRequest, responder.Want);
        responder.Receive(frames[0]);
        Assert.Equal(frames[1], Take(responder));
        Assert.Equal(HandshakeWant.ReadLine, responder.Want);
        responder.Receive(frames[2]);
        Assert.Equal(frames[3], Take(responder));
        Assert.Equal(HandshakeWant.Done, responder.Want);
        Assert.Equal(new SkywireAddress(TestKeys.Vector(File, "A").PublicKey, 49153), responder.Remote);
        Assert.Equal(new SkywireAddress(TestKeys.Vector(File, "B").PublicKey, 45), responder.Local);
    }

    [Fact]
    public void Initiate_RecordedTranscript_SendsTheSameButItsOwnSignature()
    {
        var frames = Transcript;
        var initiator = NetworkHandshake.Initiate(TestKeys.Vector(File, "A"), 49153, new SkywireAddress(TestKeys.Vector(File, "B").PublicKey, 45));
        Assert.Equal(frames[0], Take(initiator));
        initiator.Receive(frames[1]);
        var sent = Encoding.ASCII.GetString(Take(initiator));
        var recorded = Encoding.ASCII.GetString(frames[2]);
        var signature = recorded.IndexOf("\"Sig\":\"", StringComparison.Ordinal) + 7;
        Assert.Equal(recorded[..signature], sent[..signature]);
        Assert.Equal(recorded[(signature + 130)..], sent[(signature + 130)..]);
        initiator.Receive(frames[3]);
        Assert.Equal(HandshakeWant.Done, initiator.Want);
    }

    [Fact]
    public void BothRoles_AgainstEachOther_AgreeOnAddresses()
    {
        var (a, b) = TestKeys.Ordered(10);
        var initiator = NetworkHandshake.Initiate(a, 50000, new SkywireAddress(b.PublicKey, 45));
        var responder = NetworkHandshake.Respond(_ => true, new SeededEntropy(3));
        Exchange(initiator, responder);
        Assert.Equal(HandshakeWant.Done, initiator.Want);
        Assert.Equal(HandshakeWant.Done, responder.Want);
        Assert.Equal(initiator.Local, responder.Remote);
        Assert.Equal(initiator.Remote, responder.Local);
    }

    [Fact]
    public void Respond_NobodyListens_RefusesInWordsThenFails()
    {
        var (a, b) = TestKeys.Ordered(10);
        var initiator = NetworkHandshake.Initiate(a, 50000, new SkywireAddress(b.PublicKey, 46));
        var responder = NetworkHandshake.Respond(port => port == 45, new SeededEntropy(3));
        Exchange(initiator, responder);
        Assert.Equal(HandshakeWant.Failed, responder.Want);
        Assert.Equal(ProtocolError.NoListener, responder.Error);
        Assert.Equal(ProtocolError.NoListener, initiator.Error);
        Assert.Contains("not listening on given port", initiator.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Respond_WrongNonceOrSignatureOrKey_FailsWithoutAnAnswer()
    {
        var frames = Transcript;
        Assert.True(NetworkHandshakeFrames.TryParseNonce(frames[1], out var nonce));
        Assert.True(NetworkHandshakeFrames.TryParseProof(frames[2], out var proof));
        var others = new[]
        {
            proof! with { Nonce = [.. nonce.Reverse()] },
            proof with { Signature = default },
            proof with { Source = proof.Destination },
            proof with { Source = proof.Source with { Key = default } },
            proof with { Source = proof.Source with { Port = 1 } },
            proof with { Destination = proof.Source },
        };
        foreach (var other in others)
        {
            var responder = NetworkHandshake.Respond(_ => true, new TestKeys.Scripted(nonce));
            responder.Receive(frames[0]);
            Take(responder);
            responder.Receive(NetworkHandshakeFrames.WriteProof(other));
            Assert.Equal(HandshakeWant.Failed, responder.Want);
            Assert.Equal(ProtocolError.BadNetworkHandshake, responder.Error);
            Assert.True(responder.Outgoing.IsEmpty);
        }
    }

    [Fact]
    public void Receive_Garbage_FailsInEveryState()
    {
        var (a, b) = TestKeys.Ordered(10);
        var responder = NetworkHandshake.Respond(_ => true, new SeededEntropy(3));
        responder.Receive("set_nonce"u8);
        Assert.Equal(ProtocolError.BadNetworkHandshake, responder.Error);

        var waitsForNonce = NetworkHandshake.Initiate(a, 1, new SkywireAddress(b.PublicKey, 45));
        Take(waitsForNonce);
        waitsForNonce.Receive("{\"OK\":true}\n"u8);
        Assert.Equal(ProtocolError.BadNetworkHandshake, waitsForNonce.Error);

        var waitsForReply = NetworkHandshake.Initiate(a, 1, new SkywireAddress(b.PublicKey, 45));
        Take(waitsForReply);
        waitsForReply.Receive(Transcript[1]);
        Take(waitsForReply);
        waitsForReply.Receive(Transcript[1]);
        Assert.Equal(ProtocolError.BadNetworkHandshake, waitsForReply.Error);
    }

    [Fact]
    public void Receive_RefusalWithControlCharacters_IsMadePrintable()
    {
        var (a, b) = TestKeys.Ordered(10);
        var initiator = NetworkHandshake.Initiate(a, 1, new SkywireAddress(b.PublicKey, 45));
        Take(initiator);
        initiator.Receive(Transcript[1]);
        Take(initiator);
        initiator.Receive("{\"OK\":false,\"ErrMsg\":\"\\u001b[2Jgone\\r\\n\"}\n"u8);
        Assert.DoesNotContain(initiator.Reason, char.IsControl);
        Assert.Contains("gone", initiator.Reason, StringComparison.Ordinal);
    }

    private static byte[] Take(NetworkHandshake handshake)
    {
        Assert.Equal(HandshakeWant.Write, handshake.Want);
        var frame = handshake.Outgoing.ToArray();
        handshake.Written();
        return frame;
    }

    private static void Exchange(NetworkHandshake initiator, NetworkHandshake responder)
    {
        while (initiator.Want is HandshakeWant.Write || responder.Want is HandshakeWant.Write)
        {
            var (from, to) = initiator.Want is HandshakeWant.Write ? (initiator, responder) : (responder, initiator);
            to.Receive(Take(from));
        }
    }
}
