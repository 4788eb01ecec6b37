// Recorded stcpr connections of the reference, replayed to our code in the place of either side, with the keys of that recording.
using System.Net;
using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Transport.Handshake;
using Skywire.Transport.Settlement;
using Skywire.Transport.Tests.Support;
using Skywire.Wire;
using Xunit;

namespace Skywire.Transport.Tests.Captures;

public sealed class StcprCaptureTests
{
    private const int Port = 7770;

    private static readonly JsonElement Sessions = Vectors.Load("captures/stcpr-sessions.json");
    private static readonly JsonElement Keys = Vectors.Load("captures/keys.json");
    private static readonly Dictionary<(IPEndPoint From, IPEndPoint To), byte[]> Streams = TcpCapture.Read(Path.Combine(Vectors.Folder, "captures", "stcpr-sessions.pcap"));

    public static TheoryData<string> Names => ["a-to-b", "b-to-c", "a-to-c"];

    [Theory]
    [MemberData(nameof(Names))]
    public void InThePlaceOfTheResponder_AnswersByteForByteAndReadsEveryPacket(string name) => SimulationRun.Execute(1, async sim =>
    {
        var session = new Session(name);
        Assert.True(NetworkHandshakeFrames.TryParseNonce(Encoding.UTF8.GetBytes(session.Frame("stcp-handshake", 1).Text("raw_utf8")), out var nonce));
        var replay = new ReplayStream(session.FromInitiator, sim.Entropy.For("chunks"));
        var link = await LinkHandshake.AcceptAsync(replay, session.Responder, new TestKeys.Scripted(nonce, session.EphemeralOf(1)), sim.Time, CancellationToken.None);
        Assert.Equal(session.Initiator.PublicKey, link.RemoteKey);

        // F1, F3 and the second noise message; after that our signatures are our own.
        Assert.Equal(session.FromResponder[..replay.Written.Count], replay.Written);
        Assert.True(replay.Written.Count > 60 + 20 + 51);

        var agreed = await SettlementHandshake.RespondAsync(link, session.Responder, "stcpr", _ => ValueTask.FromResult(true), sim.Time, CancellationToken.None);
        Assert.Equal(TransportId.Of(session.Initiator.PublicKey, session.Responder.PublicKey, "stcpr"), agreed.Entry.Id);
        Assert.Equal("user", agreed.Entry.Label);
        await AssertPacketsAsync(session, "I", link, session.Responder, sim);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void InThePlaceOfTheInitiator_IsAcceptedAndReadsEveryPacket(string name) => SimulationRun.Execute(1, async sim =>
    {
        var session = new Session(name);
        var sourcePort = JsonDocument.Parse(session.Frame("stcp-handshake", 2).Text("raw_utf8")).RootElement.GetProperty("SrcAddr").GetProperty("port").GetUInt16();
        var replay = new ReplayStream(session.FromResponder, sim.Entropy.For("chunks"));
        var link = await LinkHandshake.DialAsync(replay, session.Initiator, sourcePort, session.Responder.PublicKey, new TestKeys.Scripted(session.EphemeralOf(0)), sim.Time, CancellationToken.None);
        var signature = session.FromInitiator.AsSpan().IndexOf("\"Sig\":\""u8) + 7;
        Assert.Equal(session.FromInitiator[..signature], replay.Written[..signature]);
        Assert.Equal(session.Frame("noise-KK", 0).Hex("frame"), replay.Written[^51..]);

        var entry = await SettlementHandshake.InitiateAsync(link, session.Initiator, "stcpr", "user", sim.Time, CancellationToken.None);
        Assert.True(entry.IsConsistent);
        await AssertPacketsAsync(session, "R", link, session.Initiator, sim);
    });

    private static async Task AssertPacketsAsync(Session session, string direction, TransportLink link, SecKey key, SimulationRun sim)
    {
        var handler = new CollectingHandler();
        var causes = new CauseCounters("replay");
        await using var transport = Support.Links.Start(link.Stream, key, link.RemoteKey, handler, sim.Time, causes);
        await transport.Completion;
        Assert.Equal("the peer closed it", transport.CloseReason);
        var counts = handler.Packets.CountBy(p => PacketHeader.Read(p).Type).ToDictionary(c => $"{direction}:{c.Key}", c => c.Value);
        var expected = session.Json.GetProperty("packet_counts").EnumerateObject().Where(c => c.Name.StartsWith(direction, StringComparison.Ordinal)).ToDictionary(c => c.Name, c => c.Value.GetInt32());
        Assert.Equal(expected.OrderBy(c => c.Key, StringComparer.Ordinal), counts.OrderBy(c => c.Key, StringComparer.Ordinal));

        // The listed ones also by their content.
        var listed = session.Json.GetProperty("events").EnumerateArray()
            .Where(e => e.Text("layer") == "frame" && e.Text("dir") == direction && e.TryGetProperty("packets", out _))
            .SelectMany(e => e.GetProperty("packets").EnumerateArray()).ToList();
        foreach (var (packet, recorded) in handler.Packets.Zip(listed))
        {
            var header = PacketHeader.Read(packet);
            Assert.Equal(recorded.Text("type"), header.Type.ToString());
            Assert.Equal(recorded.GetProperty("route_id").GetUInt32(), header.RouteId);
            Assert.Equal(recorded.GetProperty("size").GetInt32(), header.PayloadSize);
            Assert.StartsWith(recorded.Text("payload").Split('.')[0], Convert.ToHexStringLower(packet.AsSpan(PacketHeader.Size)), StringComparison.Ordinal);
        }

        Assert.Equal(ProtocolError.TransportClosed, Assert.Single(causes.Snapshot()).Key);
    }

    private sealed class Session
    {
        internal Session(string name)
        {
            Json = Sessions.GetProperty(name);
            Initiator = Static(Json.Text("initiator"), out var initiatorAddress);
            Responder = Static(Json.Text("responder"), out var responderAddress);
            FromInitiator = Streams.Single(s => s.Key.From.Address.Equals(initiatorAddress) && s.Key.To.Equals(new IPEndPoint(responderAddress, Port))).Value;
            FromResponder = Streams.Single(s => s.Key.From.Equals(new IPEndPoint(responderAddress, Port)) && s.Key.To.Address.Equals(initiatorAddress)).Value;
        }

        internal JsonElement Json { get; }

        internal SecKey Initiator { get; }

        internal SecKey Responder { get; }

        internal byte[] FromInitiator { get; }

        internal byte[] FromResponder { get; }

        internal JsonElement Frame(string layer, int step) => Json.GetProperty("events").EnumerateArray().First(e => e.Text("layer") == layer && e.GetProperty("step").GetInt32() == step);

        /// <summary>The secret behind the ephemeral key of a noise message: 2 bytes length, then the key.</summary>
        internal byte[] EphemeralOf(int step)
        {
            var key = Convert.ToHexStringLower(Frame("noise-KK", step).Hex("frame").AsSpan(2, PubKey.Size));
            return Keys.GetProperty("ephemeral_noise_keys_of_visors").EnumerateArray().Single(k => k.Text("public") == key).Hex("secret");
        }

        private static SecKey Static(string name, out IPAddress address)
        {
            var party = Keys.GetProperty("static").GetProperty(name);
            address = IPAddress.Parse(party.Text("address"));
            return SecKey.TryParseHex(party.Text("secret"), out var key) ? key! : throw new InvalidDataException(name);
        }
    }

    /// <summary>Reads what was recorded, in random parts; keeps what is written.</summary>
    private sealed class ReplayStream(byte[] recorded, SimulationEntropy chunks) : IByteStream
    {
        private int _at;

        internal List<byte> Written { get; } = [];

        public EndPoint? RemoteEndPoint => null;

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            await Task.Yield();
            var most = Math.Min(buffer.Length, recorded.Length - _at);
            var seed = new byte[4];
            chunks.Fill(seed);
            var n = most == 0 ? 0 : 1 + (int)(BitConverter.ToUInt32(seed) % most);
            recorded.AsMemory(_at, n).CopyTo(buffer);
            _at += n;
            return n;
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            Written.AddRange(data.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Abort()
        {
            // A recording cannot be torn down.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
