using Skywire.Crypto;
using Skywire.Testing;

namespace Skywire.Noise.Tests;

public sealed class HandshakeStateTests
{
    private const int EncapsulationKeySize = 1184;

    public static TheoryData<string> Patterns => ["XK", "KK"];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Messages_OfReference_AreMadeAgainByteForByte(string pattern)
    {
        var vector = NoiseVector.Load(pattern);
        using var initiator = vector.Initiator();
        using var responder = vector.Responder();
        var (writer, reader) = (initiator, responder);
        var buffer = new byte[HandshakeState.MaxMessage];
        foreach (var message in vector.Messages)
        {
            Assert.True(writer.IsWriteTurn);
            Assert.False(reader.IsWriteTurn);
            var n = writer.WriteMessage([], buffer);
            Assert.Equal(Convert.ToHexStringLower(message), Convert.ToHexStringLower(buffer.AsSpan(0, n)));
            Assert.True(reader.TryReadMessage(buffer.AsSpan(0, n)));
            Assert.Equal(writer.Symmetric.Hash, reader.Symmetric.Hash);
            Assert.Equal(writer.Symmetric.ChainingKey, reader.Symmetric.ChainingKey);
            (writer, reader) = (reader, writer);
        }

        Assert.True(initiator.IsComplete);
        Assert.True(responder.IsComplete);
        Assert.Equal(vector.Json.Text("handshake_hash"), Convert.ToHexStringLower(initiator.HandshakeHash));
        Assert.Equal(vector.Json.Text("handshake_hash"), Convert.ToHexStringLower(responder.HandshakeHash));
        Assert.Equal(vector.Json.Text("initiator_static_public"), responder.RemoteStatic.ToString());
        Assert.Equal(vector.Json.Text("responder_static_public"), initiator.RemoteStatic.ToString());
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Symmetric_AfterEachMessage_EqualsTheTrace(string pattern)
    {
        var vector = NoiseVector.Load(pattern);
        using var initiator = vector.Initiator();
        var expected = new List<(string H, string Ck)>();
        var last = ("", "");
        foreach (var step in vector.Json.GetProperty("initiator_state_trace").EnumerateArray())
        {
            if (step.TryGetProperty("op", out _))
            {
                last = (step.Text("h"), step.Text("ck"));
            }
            else
            {
                expected.Add(last);
            }
        }

        expected.Add(last);
        var buffer = new byte[128];
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].H, Convert.ToHexStringLower(initiator.Symmetric.Hash));
            Assert.Equal(expected[i].Ck, Convert.ToHexStringLower(initiator.Symmetric.ChainingKey));
            if (initiator.IsWriteTurn)
            {
                initiator.WriteMessage([], buffer);
            }
            else if (!initiator.IsComplete)
            {
                Assert.True(initiator.TryReadMessage(vector.Messages[i]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Split_Complete_GivesTheReferencesKeysPerDirection(string pattern)
    {
        var vector = NoiseVector.Load(pattern);
        var (initiator, responder) = vector.Complete();
        var (initiatorSend, initiatorReceive) = initiator.Split(ReceiveRule.Strict);
        var (responderSend, responderReceive) = responder.Split(ReceiveRule.Strict);
        var buffer = new byte[8192];
        var plain = new byte[8192];
        var records = 0;
        foreach (var record in vector.Json.GetProperty("transport").EnumerateArray())
        {
            var forward = record.Text("direction") == "initiator->responder";
            var plaintext = record.Hex("plaintext");
            var n = (forward ? initiatorSend : responderSend).Seal(plaintext, buffer);
            Assert.Equal(record.Text("sealed"), Convert.ToHexStringLower(buffer.AsSpan(0, n)));
            Assert.Equal(RecordStatus.Done, (forward ? responderReceive : initiatorReceive).Open(buffer.AsSpan(0, n), plain, out var written));
            Assert.Equal(plaintext, plain[..written]);
            Assert.Equal((ulong)record.GetProperty("nonce").GetInt64(), (forward ? responderReceive : initiatorReceive).LastCounter);
            records++;
        }

        Assert.Equal(6, records);
        using var byKey = new RecordOpener(vector.Json.Hex("key_initiator_to_responder"), ReceiveRule.Window);
        var length = initiatorSend.Seal([1, 2, 3], buffer);
        Assert.Equal(RecordStatus.Done, byKey.Open(buffer.AsSpan(0, length), plain, out _));
        Assert.Throws<InvalidOperationException>(() => initiator.Split(ReceiveRule.Strict));
        Assert.Equal(new byte[SymmetricState.HashSize], initiator.Symmetric.ChainingKey.ToArray());
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Split_StreamWriteOfReference_IsSealedByteForByte(string pattern)
    {
        var vector = NoiseVector.Load(pattern);
        var (initiator, _) = vector.Complete();
        var (send, _) = initiator.Split(ReceiveRule.Strict);
        var write = vector.Json.GetProperty("stream_write");
        var skip = new byte[RecordSealer.Overhead];
        while (skip[7] < write.GetProperty("nonces")[0].GetInt32() - 1)
        {
            send.Seal([], skip);
        }

        var plaintext = new byte[5000];
        for (var i = 0; i < plaintext.Length; i++)
        {
            plaintext[i] = (byte)(7 * i);
        }

        var wire = new List<byte>();
        for (var at = 0; at < plaintext.Length; at += NoiseFrame.MaxPlaintext)
        {
            var part = plaintext.AsSpan(at, Math.Min(NoiseFrame.MaxPlaintext, plaintext.Length - at));
            var record = new byte[part.Length + RecordSealer.Overhead];
            send.Seal(part, record);
            wire.AddRange([(byte)(record.Length >> 8), (byte)record.Length]);
            wire.AddRange(record);
        }

        Assert.Equal(write.Text("wire"), Convert.ToHexStringLower([.. wire]));
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void TryReadMessage_CutAtEveryByte_FailsForGood(string pattern)
    {
        var vector = NoiseVector.Load(pattern);
        for (var index = 0; index < vector.Messages.Length; index++)
        {
            var message = vector.Messages[index];
            for (var length = 0; length < message.Length; length++)
            {
                using var side = vector.AdvanceTo(index);
                Assert.False(side.TryReadMessage(message.AsSpan(0, length)));
                Assert.False(side.TryReadMessage(message));
                Assert.False(side.IsComplete);
                Assert.False(side.IsWriteTurn);
            }

            using var longer = vector.AdvanceTo(index);
            Assert.False(longer.TryReadMessage([.. message, 0]));
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void TryReadMessage_Mutated_Fails(string pattern)
    {
        var vector = NoiseVector.Load(pattern);
        var random = new Random(1);
        for (var index = 0; index < vector.Messages.Length; index++)
        {
            for (var round = 0; round < 40; round++)
            {
                var message = (byte[])vector.Messages[index].Clone();
                message[random.Next(message.Length)] ^= (byte)(1 << random.Next(8));
                using var side = vector.AdvanceTo(index);
                Assert.False(side.TryReadMessage(message));
            }
        }
    }

    [Fact]
    public void TryReadMessage_MadeForAnotherResponder_Fails()
    {
        var negative = Vectors.Load("noise.json").GetProperty("negative")[0];
        using var secret = NoiseVector.Secret(negative.Hex("responder_static_secret"));
        using var responder = new HandshakeState(HandshakePattern.XK, false, secret, default, new SeededEntropy(1));
        Assert.False(responder.TryReadMessage(negative.Hex("message")));
    }

    [Theory]
    [InlineData("XK", EncapsulationKeySize)]
    [InlineData("KK", EncapsulationKeySize)]
    [InlineData("KK", 1)]
    [InlineData("XK", 4094 - 49)]
    public void TryReadMessage_LongPayload_IsAuthenticatedAndIgnored(string pattern, int payloadSize)
    {
        var vector = NoiseVector.Load(pattern);
        using var initiator = vector.Initiator();
        using var responder = vector.Responder();
        var buffer = new byte[HandshakeState.MaxMessage];
        var n = initiator.WriteMessage(new byte[payloadSize], buffer);
        Assert.Equal(49 + payloadSize, n);
        Assert.True(responder.TryReadMessage(buffer.AsSpan(0, n)));
        n = responder.WriteMessage([], buffer);
        Assert.Equal(49, n);
        Assert.True(initiator.TryReadMessage(buffer.AsSpan(0, n)));

        using var another = vector.Responder();
        using var writer = vector.Initiator();
        n = writer.WriteMessage(new byte[payloadSize], buffer);
        buffer[n - 17] ^= 1;
        Assert.False(another.TryReadMessage(buffer.AsSpan(0, n)));
    }

    [Fact]
    public void TryReadMessage_OverTheLimit_Fails()
    {
        using var responder = NoiseVector.Load("KK").Responder();
        Assert.False(responder.TryReadMessage(new byte[HandshakeState.MaxMessage + 1]));
    }

    [Fact]
    public void WriteMessage_PayloadOverTheLimit_Throws()
    {
        using var initiator = NoiseVector.Load("KK").Initiator();
        Assert.Throws<ArgumentException>(() => initiator.WriteMessage(new byte[4094 - 48], new byte[8192]));
    }

    [Fact]
    public void Calls_OutOfTurn_Throw()
    {
        using var initiator = NoiseVector.Load("KK").Initiator();
        using var responder = NoiseVector.Load("KK").Responder();
        Assert.Throws<InvalidOperationException>(() => initiator.TryReadMessage(new byte[49]));
        Assert.Throws<InvalidOperationException>(() => responder.WriteMessage([], new byte[49]));
        Assert.Throws<InvalidOperationException>(() => initiator.Split(ReceiveRule.Strict));
        Assert.Throws<InvalidOperationException>(() => initiator.HandshakeHash.Length);
    }

    [Fact]
    public void Constructor_PeerKeyMissingOrUnexpected_Throws()
    {
        using var secret = SecKey.Generate(new SeededEntropy(1));
        Assert.Throws<ArgumentException>(() => new HandshakeState(HandshakePattern.KK, false, secret, default, new SeededEntropy(2)));
        Assert.Throws<ArgumentException>(() => new HandshakeState(HandshakePattern.XK, false, secret, secret.PublicKey, new SeededEntropy(2)));
    }

    [Fact]
    public void SessionObjectsOfDmsg_OpenWithTheKeysOfTheRemadeHandshake()
    {
        var dmsg = Vectors.Load("dmsg.json");
        var session = dmsg.GetProperty("session_objects");
        var keys = dmsg.GetProperty("keys");
        using var alice = NoiseVector.Secret(keys.GetProperty("alice").Hex("secret"));
        using var server = NoiseVector.Secret(keys.GetProperty("server").Hex("secret"));
        using var initiator = new HandshakeState(HandshakePattern.XK, true, alice, server.PublicKey, new FixedEntropy(session.GetProperty("initiator_ephemeral").Hex("secret")));
        using var responder = new HandshakeState(HandshakePattern.XK, false, server, default, new FixedEntropy(session.GetProperty("responder_ephemeral").Hex("secret")));
        var buffer = new byte[128];
        foreach (var frame in session.GetProperty("handshake_frames").EnumerateArray())
        {
            var (writer, reader) = initiator.IsWriteTurn ? (initiator, responder) : (responder, initiator);
            var n = writer.WriteMessage([], buffer);
            Assert.Equal(frame.GetString()![4..], Convert.ToHexStringLower(buffer.AsSpan(0, n)));
            Assert.True(reader.TryReadMessage(buffer.AsSpan(0, n)));
        }

        Assert.Equal(session.Text("handshake_hash"), Convert.ToHexStringLower(responder.HandshakeHash));
        var (aliceSend, aliceReceive) = initiator.Split(ReceiveRule.Window);
        var (serverSend, serverReceive) = responder.Split(ReceiveRule.Window);
        var request = dmsg.GetProperty("signed_objects")[0].Hex("signed_object");
        var response = dmsg.GetProperty("signed_objects")[1].Hex("signed_object");
        Check(session.Hex("client_to_server_object_frame"), request, aliceSend, serverReceive);
        Check(session.Hex("server_to_client_object_frame"), response, serverSend, aliceReceive);

        static void Check(byte[] frame, byte[] expected, RecordSealer sealer, RecordOpener opener)
        {
            var record = new byte[expected.Length + RecordSealer.Overhead];
            sealer.Seal(expected, record);
            Assert.Equal(frame[2..], record);
            var plain = new byte[expected.Length];
            Assert.Equal(RecordStatus.Done, opener.Open(record, plain, out _));
            Assert.Equal(expected, plain);
            Assert.Equal(RecordStatus.Replayed, opener.Open(record, plain, out _));
        }
    }
}
