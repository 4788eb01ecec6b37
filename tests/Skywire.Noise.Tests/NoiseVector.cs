// One handshake of noise.json with both sides set up as recorded.
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Testing;

namespace Skywire.Noise.Tests;

internal sealed class NoiseVector
{
    private NoiseVector(JsonElement json)
    {
        Json = json;
        Pattern = Enum.Parse<HandshakePattern>(json.Text("pattern"));
        Messages = [.. json.GetProperty("messages").EnumerateArray().Select(m => m.Hex("message"))];
    }

    public JsonElement Json { get; }

    public HandshakePattern Pattern { get; }

    public byte[][] Messages { get; }

    public static NoiseVector Load(string pattern) =>
        new(Vectors.Load("noise.json").GetProperty("handshakes").EnumerateArray().Single(h => h.Text("pattern") == pattern));

    public static SecKey Secret(byte[] bytes) => SecKey.TryParse(bytes, out var key) ? key! : throw new FormatException("secret key");

    public HandshakeState Initiator() => new(
        Pattern,
        initiator: true,
        Secret(Json.Hex("initiator_static_secret")),
        PubKey.Parse(Json.Text("responder_static_public")),
        new FixedEntropy(Json.Hex("initiator_ephemeral_secret")));

    public HandshakeState Responder() => new(
        Pattern,
        initiator: false,
        Secret(Json.Hex("responder_static_secret")),
        Pattern == HandshakePattern.XK ? default : PubKey.Parse(Json.Text("initiator_static_public")),
        new FixedEntropy(Json.Hex("responder_ephemeral_secret")));

    /// <summary>Brings a side to the point where it has to read message <paramref name="index"/>.</summary>
    public HandshakeState AdvanceTo(int index)
    {
        var side = index % 2 == 0 ? Responder() : Initiator();
        Span<byte> buffer = stackalloc byte[128];
        for (var i = 0; i < index; i++)
        {
            if (side.IsWriteTurn)
            {
                side.WriteMessage([], buffer);
            }
            else
            {
                Assert.True(side.TryReadMessage(Messages[i]));
            }
        }

        return side;
    }

    public (HandshakeState Initiator, HandshakeState Responder) Complete()
    {
        var (initiator, responder) = (Initiator(), Responder());
        Span<byte> buffer = stackalloc byte[128];
        var (writer, reader) = (initiator, responder);
        while (!initiator.IsComplete || !responder.IsComplete)
        {
            var n = writer.WriteMessage([], buffer);
            Assert.True(reader.TryReadMessage(buffer[..n]));
            (writer, reader) = (reader, writer);
        }

        return (initiator, responder);
    }
}
