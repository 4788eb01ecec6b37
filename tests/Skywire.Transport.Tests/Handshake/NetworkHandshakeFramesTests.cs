// The four frames against transport-handshake.json, then everything that is no frame.
using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Testing;
using Skywire.Transport.Handshake;
using Skywire.Transport.Tests.Support;
using Xunit;

namespace Skywire.Transport.Tests.Handshake;

public sealed class NetworkHandshakeFramesTests
{
    private const string File = "transport-handshake.json";
    private static readonly byte[] Nonce = [0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255];

    private static JsonElement Static => Vectors.Load(File).GetProperty("network_handshake_static");

    private static byte[] Frame(string name) => Static.GetProperty(name).Hex("hex");

    [Fact]
    public void WriteFrames_OfVectors_GivesTheirBytes()
    {
        Assert.Equal(Frame("frame0"), NetworkHandshakeFrames.GetNonce.ToArray());
        Assert.Equal(Frame("frame1"), NetworkHandshakeFrames.WriteNonce(Nonce));
        Assert.Equal(Frame("frame2"), NetworkHandshakeFrames.WriteProof(VectorProof()));
        Assert.Equal(Frame("frame3_ok"), NetworkHandshakeFrames.WriteReply(true, ""));
        Assert.Equal(Frame("frame3_reject"), NetworkHandshakeFrames.WriteReply(false, "not listening on given port"));
    }

    [Fact]
    public void SignedPayload_OfVectors_GivesTheirBytes()
    {
        Assert.Equal(Frame("frame2_signed_payload"), NetworkHandshakeFrames.SignedPayload(VectorProof()));
        Assert.True(NetworkHandshakeFrames.TryParseProof(Frame("frame2_address_resolver"), out var resolver));
        Assert.True(resolver!.Destination.Key.IsNull);
        Assert.Equal(Frame("frame2_address_resolver"), NetworkHandshakeFrames.WriteProof(resolver));
        Assert.Equal(Frame("frame2_address_resolver_signed_payload"), NetworkHandshakeFrames.SignedPayload(resolver));
        Assert.True(resolver.Signature.VerifyPayload(resolver.Source.Key, NetworkHandshakeFrames.SignedPayload(resolver)));
    }

    [Fact]
    public void TryParse_OfVectors_GivesTheirContent()
    {
        Assert.True(NetworkHandshakeFrames.TryParseNonce(Frame("frame1"), out var nonce));
        Assert.Equal(Nonce, nonce);
        Assert.True(NetworkHandshakeFrames.TryParseProof(Frame("frame2"), out var proof));
        Assert.Equal(49153, proof!.Source.Port);
        Assert.Equal(45, proof.Destination.Port);
        Assert.Equal(TestKeys.Vector(File, "A").PublicKey, proof.Source.Key);
        Assert.Equal(TestKeys.Vector(File, "B").PublicKey, proof.Destination.Key);
        Assert.True(proof.Signature.VerifyPayload(proof.Source.Key, NetworkHandshakeFrames.SignedPayload(proof)));
        Assert.True(NetworkHandshakeFrames.TryParseReply(Frame("frame3_ok"), out var ok, out _));
        Assert.True(ok);
        Assert.True(NetworkHandshakeFrames.TryParseReply(Frame("frame3_reject"), out ok, out var reason));
        Assert.False(ok);
        Assert.Equal("not listening on given port", reason);
    }

    [Fact]
    public void TryParse_AnotherSpacingCaseAndMembers_IsTheSame()
    {
        var spaced = Encoding.UTF8.GetString(Frame("frame2")).Replace("\"SrcAddr\":", " \"srcaddr\" : ", StringComparison.Ordinal).Replace("{\"public_key\"", "{\"more\":[1,{}],\"Public_Key\"", StringComparison.Ordinal);
        Assert.True(NetworkHandshakeFrames.TryParseProof(Encoding.UTF8.GetBytes(spaced), out var proof));
        Assert.Equal(Frame("frame2"), NetworkHandshakeFrames.WriteProof(proof!));
    }

    [Theory]
    [InlineData("frame1")]
    [InlineData("frame2")]
    [InlineData("frame3_ok")]
    public void TryParse_CutAtEveryByteOrWithOneMore_IsRefused(string name)
    {
        var frame = Frame(name);

        // Without its LF a frame is still whole JSON; that LF was there is the reader's business.
        for (var n = 0; n < frame.Length - 1; n++)
        {
            Assert.False(ParsesAs(name, frame.AsSpan(0, n)), $"cut at {n}");
        }

        Assert.True(ParsesAs(name, frame));
        Assert.False(ParsesAs(name, [.. frame, (byte)'}']));
    }

    [Theory]
    [InlineData("""{"Nonce":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14]}""")]
    [InlineData("""{"Nonce":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,256]}""")]
    [InlineData("""{"Nonce":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,-1]}""")]
    [InlineData("""{"Nonce":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,"1"]}""")]
    [InlineData("""{"Nonce":"AAECAwQFBgcICQoLDA0ODw=="}""")]
    [InlineData("""{"Nonce":null}""")]
    [InlineData("""[]""")]
    [InlineData("""{}""")]
    [InlineData("""{"a":[[[[[[[[[[[[1]]]]]]]]]]]]}""")]
    public void TryParseNonce_WrongShape_IsRefused(string text) => Assert.False(NetworkHandshakeFrames.TryParseNonce(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void TryParse_BadUtf8AndOversize_IsRefused()
    {
        Assert.False(NetworkHandshakeFrames.TryParseReply([.. "{\"OK\":true,\"ErrMsg\":\""u8, 0xC0, 0xFF, .. "\"}"u8], out _, out _));
        Assert.False(NetworkHandshakeFrames.TryParseReply([.. "{\"OK\":true,\"ErrMsg\":\""u8, .. new byte[NetworkHandshakeFrames.MaxLine], .. "\"}"u8], out _, out _));
    }

    [Fact]
    public void TryParse_Mutated_NeverThrows()
    {
        var random = new Random(7);
        foreach (var name in new[] { "frame1", "frame2", "frame3_ok", "frame3_reject" })
        {
            for (var i = 0; i < 5000; i++)
            {
                var frame = Frame(name);
                for (var k = random.Next(1, 4); k > 0; k--)
                {
                    frame[random.Next(frame.Length)] = (byte)random.Next(256);
                }

                Assert.True(!NetworkHandshakeFrames.TryParseNonce(frame, out var nonce) || nonce.Length == NetworkHandshakeFrames.NonceSize);
                Assert.True(!NetworkHandshakeFrames.TryParseReply(frame, out _, out var error) || error.Length < frame.Length);
                if (NetworkHandshakeFrames.TryParseProof(frame, out var proof))
                {
                    // What reads must write as something that reads the same.
                    Assert.True(NetworkHandshakeFrames.TryParseProof(NetworkHandshakeFrames.WriteProof(proof!), out var again));
                    Assert.Equal(proof!.Source, again!.Source);
                    Assert.Equal(proof.Nonce, again.Nonce);
                }
            }
        }
    }

    private static bool ParsesAs(string name, ReadOnlySpan<byte> frame) => name switch
    {
        "frame1" => NetworkHandshakeFrames.TryParseNonce(frame, out _),
        "frame2" => NetworkHandshakeFrames.TryParseProof(frame, out _),
        _ => NetworkHandshakeFrames.TryParseReply(frame, out _, out _),
    };

    private static HandshakeProof VectorProof()
    {
        Assert.True(Signature.TryParseHex(Static.GetProperty("frame2").Text("sig"), out var signature));
        return new HandshakeProof(new(TestKeys.Vector(File, "A").PublicKey, 49153), new(TestKeys.Vector(File, "B").PublicKey, 45), Nonce, signature);
    }
}
