using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Noise;
using Skywire.Routing.Tests.Kit;
using Skywire.Testing;
using Skywire.Transport;

namespace Skywire.Routing.Tests;

/// <summary>Replays route groups recorded between two reference visors: each of our ends in turn takes one side's place, with that side's keys.</summary>
public sealed class RouteGroupCaptureTests
{
    private static readonly JsonElement Keys = Vectors.Load("captures/keys.json");
    private static readonly JsonElement Groups = Vectors.Load("captures/stcpr-sessions.json").GetProperty("b-to-c").GetProperty("route_groups");

    public static TheoryData<int, bool> Sides => new() { { 0, true }, { 0, false }, { 1, true }, { 1, false }, { 2, true }, { 2, false } };

    [Theory]
    [MemberData(nameof(Sides))]
    public void Group_RecordedConversation_SameFramesOutSamePlaintextIn(int index, bool isInitiator) => SimulationRun.Execute(1, async sim =>
    {
        var recorded = Groups[index];
        var events = recorded.GetProperty("events").EnumerateArray().ToList();
        var (us, peer) = isInitiator ? (recorded.Text("initiator"), recorded.Text("responder")) : (recorded.Text("responder"), recorded.Text("initiator"));
        var ownHandshake = Convert.FromHexString(events[isInitiator ? 0 : 1].Text("frame"));
        var peerHandshake = Convert.FromHexString(events[isInitiator ? 1 : 0].Text("frame"));
        var results = events[2];
        using var ownOut = new RecordOpener(results.Hex(isInitiator ? "key_initiator_to_responder" : "key_responder_to_initiator"), ReceiveRule.Strict);
        using var peerOut = new RecordSealer(results.Hex(isInitiator ? "key_responder_to_initiator" : "key_initiator_to_responder"));

        var transports = new TestTransports();
        var transport = new RecordingTransport(new TransportId(1), Public(peer));
        transports.Add(transport);
        var router = new Router(RouterOptions.Default, Secret(us), transports, new ScriptedEntropy(Ephemeral(ownHandshake.AsSpan(2, PubKey.Size))), sim.Time, NullLoggerFactory.Instance);
        var listener = router.Listen(44);
        var ids = router.ReserveIds(router.LocalKey, 2)!;
        var descriptor = new RouteDescriptor(Public(peer), Public(us), isInitiator ? (ushort)44 : (ushort)50000, isInitiator ? (ushort)50000 : (ushort)44);
        var rules = new EdgeRules(
            descriptor,
            RoutingRule.Forward(TimeSpan.FromSeconds(30), ids[0], 5, transport.Id, descriptor.Inverted).ToBytes(),
            RoutingRule.Consume(TimeSpan.FromSeconds(30), ids[1], descriptor).ToBytes());

        IRouteConnection connection;
        if (isInitiator)
        {
            var group = router.Prepare(rules, transport.Id);
            var opening = router.OpenAsync(group, CancellationToken.None);
            Receive(PacketType.Handshake, [1]);
            await Task.Delay(TimeSpan.FromMilliseconds(1), sim.Time);
            Receive(PacketType.Data, peerHandshake);
            await opening;
            connection = group;
        }
        else
        {
            Assert.Equal("", router.AddEdgeRules(router.LocalKey, rules));
            Receive(PacketType.Handshake, [1]);
            Receive(PacketType.Data, peerHandshake);
            connection = await listener.AcceptAsync(CancellationToken.None);
        }

        Assert.Equal("0300000005000101", Convert.ToHexStringLower(transport.Packets[0]));
        Assert.Equal(Convert.ToHexString(ownHandshake), Convert.ToHexString(Assert.Single(Payloads())));

        var buffer = new byte[8192];
        var sent = 1;
        foreach (var step in events.Skip(3))
        {
            var plain = Plain(step);
            if (step.Text("dir") == (isInitiator ? "I" : "R"))
            {
                await connection.WriteAsync(plain, CancellationToken.None);
                var payload = Payloads()[sent++];
                Assert.Equal(step.GetProperty("frame_len").GetInt32(), payload.Length);
                Assert.Equal(RecordStatus.Done, ownOut.Open(payload.AsSpan(2), buffer, out var n));
                Assert.Equal(plain, buffer[..n]);
                Assert.Equal(step.GetProperty("nonce").GetUInt64(), ownOut.LastCounter);
            }
            else
            {
                var frame = new byte[2 + plain.Length + RecordSealer.Overhead];
                peerOut.Seal(plain, frame.AsSpan(2));
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)(frame.Length - 2));
                Receive(PacketType.Data, frame);
                Assert.Equal(plain.Length, await connection.ReadMessageAsync(buffer, CancellationToken.None));
                Assert.Equal(plain, buffer[..plain.Length]);
            }
        }

        await router.DisposeAsync();

        List<byte[]> Payloads() => [.. transport.Packets.Where(packet => packet[0] == (byte)PacketType.Data).Select(packet => packet[PacketHeader.Size..])];

        void Receive(PacketType type, byte[] payload)
        {
            var packet = new byte[PacketHeader.Size + payload.Length];
            new PacketHeader(type, ids[1], (ushort)payload.Length).Write(packet);
            payload.CopyTo(packet, PacketHeader.Size);
            Assert.True(router.TryHandle(transport, PacketHeader.Read(packet), packet));
        }
    });

    // Long plaintexts are cut in the record: their beginning in hex, "...", their size in words. The rest of the download was zeros.
    private static byte[] Plain(JsonElement step)
    {
        var text = step.Text("plain");
        var bytes = new byte[step.GetProperty("frame_len").GetInt32() - 2 - RecordSealer.Overhead];
        var cut = text.IndexOf("...", StringComparison.Ordinal);
        Convert.FromHexString(cut < 0 ? text : text[..cut]).CopyTo(bytes, 0);
        return bytes;
    }

    private static SecKey Secret(string name) => SecKey.TryParseHex(Keys.GetProperty("static").GetProperty(name).Text("secret"), out var key) ? key! : throw new InvalidDataException(name);

    private static PubKey Public(string name) => PubKey.Parse(Keys.GetProperty("static").GetProperty(name).Text("public"));

    private static byte[] Ephemeral(ReadOnlySpan<byte> publicKey)
    {
        var wanted = Convert.ToHexStringLower(publicKey);
        return Keys.GetProperty("ephemeral_noise_keys_of_visors").EnumerateArray().Single(key => key.Text("public") == wanted).Hex("secret");
    }

    private sealed class ScriptedEntropy(byte[] next) : IEntropy
    {
        public void Fill(Span<byte> destination) => next.AsSpan(0, destination.Length).CopyTo(destination);
    }
}
