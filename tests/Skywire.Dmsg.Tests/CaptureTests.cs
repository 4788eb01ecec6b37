using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg.Objects;
using Skywire.Noise;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Dmsg.Tests;

/// <summary>Plays the recorded sessions of the reference into the own server and client.</summary>
public sealed class CaptureTests
{
    private const int XkFromServer = 51;
    private const int XkFromClient = 51 + 67;

    [Fact]
    public void Server_FedTheRecordedClients_SendsWhatTheReferenceServerSent() => SimulationRun.Execute(1, async sim =>
    {
        using var key = Recorded.KeyOf("server");
        var host = sim.Network.Host("10.0.1.1");
        await using var server = new DmsgServer(
            new DmsgServerOptions { PublicAddress = "10.0.1.1:8081" },
            key,
            host.Listen(new IPEndPoint(IPAddress.Any, 8081)),
            new MemoryDmsgDiscovery(),
            new FixedEntropy(Recorded.Ephemeral(1), Recorded.Ephemeral(3)),
            sim.Time,
            NullLoggerFactory.Instance);
        server.Start();
        var clients = new Dictionary<string, IByteStream>();
        var heard = new Dictionary<string, List<byte>>();
        var reading = new List<Task>();
        foreach (var (connection, toServer, bytes) in Recorded.Events())
        {
            if (!toServer)
            {
                continue;
            }

            if (!clients.TryGetValue(connection, out var stream))
            {
                stream = await sim.Network.Host("10.0.0.1").ConnectAsync("10.0.1.1:8081", CancellationToken.None);
                clients.Add(connection, stream);
                heard.Add(connection, []);
                reading.Add(CollectAsync(stream, heard[connection]));
            }

            await stream.WriteAsync(bytes, CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(10), sim.Time);
        }

        foreach (var stream in clients.Values)
        {
            await stream.DisposeAsync();
        }

        await Task.WhenAll(reading);
        foreach (var (connection, bytes) in heard)
        {
            var expected = Recorded.Bytes(connection, toServer: false);
            Assert.Equal(expected[..XkFromServer], bytes[..XkFromServer]);
            var (data, ended) = Recorded.Mux([.. bytes[XkFromServer..]]);
            var (expectedData, expectedEnded) = Recorded.Mux(expected.AsSpan(XkFromServer));
            Assert.Equal(expectedData.ToDictionary(p => p.Key, p => Convert.ToHexStringLower(p.Value)), data.ToDictionary(p => p.Key, p => Convert.ToHexStringLower(p.Value)));
            Assert.Equal(expectedEnded, ended);
        }

        Assert.Empty(server.Causes.Snapshot());
    });

    [Fact]
    public void Client_FedTheRecordedServer_AcceptsAndSealsAsTheReferenceClientDid() => SimulationRun.Execute(2, async sim =>
    {
        using var key = Recorded.KeyOf("bob");
        using var serverKey = Recorded.KeyOf("server");
        using var aliceKey = Recorded.KeyOf("alice");
        var listening = sim.Network.Host("10.0.1.1").Listen(new IPEndPoint(IPAddress.Any, 8081));
        await using var bob = new DmsgClient(
            new DmsgClientOptions { MinSessions = 1, PublishEntry = false },
            key,
            sim.Network.Host("10.0.0.2"),
            new StaticDmsgDiscovery([StaticDmsgDiscovery.ServerEntry(serverKey.PublicKey, "10.0.1.1:8081")], null),
            new FixedEntropy(Recorded.Ephemeral(0), Recorded.Ephemeral(5)),
            sim.Time,
            NullLoggerFactory.Instance);
        await using var listener = bob.Listen(80);
        bob.Start();
        var server = await listening.AcceptAsync(CancellationToken.None);
        var heard = new List<byte>();
        var reading = CollectAsync(server, heard);
        var accepting = ServeAsync();
        foreach (var (_, toServer, bytes) in Recorded.Events().Where(e => e.Connection == "bob"))
        {
            if (!toServer)
            {
                await server.WriteAsync(bytes, CancellationToken.None);
            }

            // Longer than the pause a client makes behind its handshake.
            await Task.Delay(TimeSpan.FromMilliseconds(150), sim.Time);
        }

        await accepting;
        await server.DisposeAsync();
        await reading;
        var expected = Recorded.Bytes("bob", toServer: true);
        Assert.Equal(expected[..XkFromClient], heard[..XkFromClient]);
        var (expectedData, expectedEnded) = Recorded.Mux(expected.AsSpan(XkFromClient));
        var (data, ended) = Recorded.Mux([.. heard[XkFromClient..]]);
        var (stream, expectedStream) = (Assert.Single(data), Assert.Single(expectedData));
        Assert.Equal(expectedStream.Key, stream.Key);
        Assert.Equal(expectedEnded, ended);

        // The response carries a signature of its own; the frames behind it are the reference's, byte for byte.
        var pong = Convert.FromHexString(Recorded.Dmsg.GetProperty("capture").GetProperty("decoded").Text("bob_to_alice_frames"));
        Assert.Equal(pong, expectedStream.Value[^pong.Length..]);
        Assert.Equal(pong, stream.Value[^pong.Length..]);

        async Task ServeAsync()
        {
            await using var accepted = await listener.AcceptAsync(CancellationToken.None);
            Assert.Equal(aliceKey.PublicKey, accepted.RemoteKey);
            Assert.Equal(49153, accepted.RemotePort);
            var buffer = new byte[100];
            var n = await accepted.ReadAsync(buffer, CancellationToken.None);
            Assert.Equal("ping"u8.ToArray(), buffer[..n]);
            await accepted.WriteAsync("pong!"u8.ToArray(), CancellationToken.None);
            Assert.Equal(0, await accepted.ReadAsync(buffer, CancellationToken.None));
        }
    });

    [Fact]
    public void Objects_OfTheCapture_AreValid()
    {
        var decoded = Recorded.Dmsg.GetProperty("capture").GetProperty("decoded");
        var signed = decoded.GetProperty("request").Hex("signed_object");
        Assert.Equal(DmsgErrorCode.None, StreamRequest.TryParse(signed, out var request));
        Assert.Equal(decoded.GetProperty("request").Text("src"), $"{request!.Source.Key}:{request.Source.Port}");
        Assert.Equal(decoded.GetProperty("request").Text("dst"), $"{request.Destination.Key}:{request.Destination.Port}");
        Assert.Equal(decoded.GetProperty("request").Text("timestamp"), request.Timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(decoded.GetProperty("request").Hex("noise_message"), request.NoiseMessage);
        var answer = decoded.GetProperty("response").Hex("signed_object");
        Assert.Equal(DmsgErrorCode.None, StreamResponse.TryParse(answer, StreamResponse.HashOf(signed), request.Destination.Key, out var response));
        Assert.True(response!.Accepted);
        Assert.Equal(decoded.GetProperty("response").Hex("noise_message"), response.NoiseMessage);
    }

    [Fact]
    public void SessionsOfTheReferenceNetwork_DecryptWithTheRemadeKeys()
    {
        var keys = Vectors.Load("captures/keys.json");
        var ephemerals = keys.GetProperty("ephemeral_noise_keys_of_visors").EnumerateArray().ToDictionary(e => e.Text("public"), e => e.Hex("secret"));
        var (objects, frames) = (0, 0);
        foreach (var session in Vectors.Load("captures/dmsg-sessions.json").EnumerateObject())
        {
            var events = session.Value.GetProperty("events").EnumerateArray().ToArray();
            var handshake = events.Where(e => e.Text("layer") == "noise-XK").Select(e => e.Hex("frame")).ToArray();
            using var initiator = new HandshakeState(
                HandshakePattern.XK,
                initiator: true,
                Static(session.Value.Text("initiator")),
                Static(session.Value.Text("responder")).PublicKey,
                new FixedEntropy(ephemerals[Convert.ToHexStringLower(handshake[0].AsSpan(2, PubKey.Size))]));
            var message = new byte[128];
            Assert.Equal(handshake[0][2..], message[..initiator.WriteMessage([], message)]);
            Assert.True(initiator.TryReadMessage(handshake[1].AsSpan(2)));
            Assert.Equal(handshake[2][2..], message[..initiator.WriteMessage([], message)]);
            var result = events.Single(e => e.Text("layer") == "noise-XK-result");
            Assert.Equal(result.Text("handshake_hash"), Convert.ToHexStringLower(initiator.HandshakeHash));
            using var there = new RecordOpener(result.Hex("key_initiator_to_responder"), ReceiveRule.Window);
            var (_, back) = initiator.Split(ReceiveRule.Window);
            var requests = new Dictionary<int, (string Dialer, byte[] Signed)>();
            var inner = new Dictionary<int, (RecordOpener FromDialer, RecordOpener ToDialer)>();
            foreach (var e in events.Where(e => e.Text("layer") == "yamux" && e.Text("type") == "Data"))
            {
                var id = e.GetProperty("stream").GetInt32();
                var frame = e.Hex("raw")[12..];
                var record = frame.AsSpan(2, (frame[0] << 8) | frame[1]);
                var opened = new byte[record.Length - RecordSealer.Overhead];
                if (!e.TryGetProperty("objects", out var found))
                {
                    var opener = e.Text("dir") == requests[id].Dialer ? inner[id].FromDialer : inner[id].ToDialer;
                    Assert.Equal(RecordStatus.Done, opener.Open(record, opened, out _));
                    Assert.Equal(e.GetProperty("stream_frames")[0].Text("plain"), Convert.ToHexStringLower(opened));
                    frames++;
                    continue;
                }

                Assert.Equal(RecordStatus.Done, (e.Text("dir") == "I" ? there : back).Open(record, opened, out _));
                Assert.Equal(found[0].Text("signature") + found[0].Text("gob"), Convert.ToHexStringLower(opened));
                objects++;
                if (found[0].Text("kind") == "stream-request")
                {
                    Assert.Equal(DmsgErrorCode.None, StreamRequest.TryParse(opened, out _));
                    requests[id] = (e.Text("dir"), opened);
                    continue;
                }

                Assert.Equal(DmsgErrorCode.None, StreamRequest.TryParse(requests[id].Signed, out var request));
                Assert.Equal(DmsgErrorCode.None, StreamResponse.TryParse(opened, StreamResponse.HashOf(requests[id].Signed), request!.Destination.Key, out _));
                var keysOfStream = e.GetProperty("stream_noise_KK");
                inner[id] = (
                    new RecordOpener(keysOfStream.Hex("key_initiator_to_responder"), ReceiveRule.Strict),
                    new RecordOpener(keysOfStream.Hex("key_responder_to_initiator"), ReceiveRule.Strict));
            }
        }

        Assert.Equal((34, 50), (objects, frames));

        SecKey Static(string name) => Recorded.Secret(keys.GetProperty("static").GetProperty(name).Hex("secret"));
    }

    private static async Task CollectAsync(IByteStream stream, List<byte> heard)
    {
        var buffer = new byte[4096];
        try
        {
            int n;
            while ((n = await stream.ReadAsync(buffer, CancellationToken.None)) > 0)
            {
                heard.AddRange(buffer[..n]);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The far end closed hard.
        }
    }
}
