// Signed objects, sessions, discovery entries.
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Dmsg.Objects;
using Skywire.Dmsg.Sessions;
using Skywire.Fuzz.Engine;
using Skywire.Noise;
using Skywire.Wire;
using Skywire.Wire.Yamux;

namespace Skywire.Fuzz.Targets;

internal static class DmsgTargets
{
    private const int ListLimit = 1 << 20;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("dmsg-request", Request) { AllocationBase = 2 << 20, MaxInput = 20 * 1024 },
        new("dmsg-response", Response) { AllocationBase = 2 << 20, MaxInput = 20 * 1024 },
        new("dmsg-objects", Objects) { AllocationBase = 256 * 1024, AllocationPerByte = 1024, MaxInput = 32 * 1024 },
        new("dmsg-server-session", ServerSession) { AllocationBase = 32 << 20, AllocationPerByte = 4096, QuickShare = 0.25 },
        new("dmsg-entry", Entry) { MaxInput = 70 * 1024 },
    ];

    /// <summary>The hash responses of the corpus answer to.</summary>
    public static byte[] RequestHash { get; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static int Request(ReadOnlySpan<byte> input)
    {
        var code = StreamRequest.TryParse(input, out var request);
        if ((code == DmsgErrorCode.None) != (request is not null))
        {
            throw new ContractException($"{code} with {(request is null ? "no" : "a")} request");
        }

        return (int)code;
    }

    private static int Response(ReadOnlySpan<byte> input)
    {
        var code = StreamResponse.TryParse(input, RequestHash, FuzzKeys.Peer.PublicKey, out var response);
        if ((code == DmsgErrorCode.None) != (response is not null))
        {
            throw new ContractException($"{code} with {(response is null ? "no" : "a")} response");
        }

        return ((int)code * 2) + (response is { Accepted: true } ? 1 : 0);
    }

    private static int Objects(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async _ =>
        {
            using var channel = new ObjectChannel(new RecordSealer(FuzzKeys.Record), new RecordOpener(FuzzKeys.Record, ReceiveRule.Window));
            var stream = OnScheduler.Peer(bytes);
            var outcome = 0;
            try
            {
                while (true)
                {
                    var result = await channel.ReadAsync(stream, markerAllowed: true, default);
                    if (result is { Object: null, IsMarker: false })
                    {
                        return outcome;
                    }

                    outcome |= result.IsMarker ? 1 : 2;
                }
            }
            catch (ProtocolException e)
            {
                return ((int)e.Error * 4) + outcome;
            }
        });
    }

    // A whole dmsg server against one connection: handshake, mux, requests.
    private static int ServerSession(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async time =>
        {
            var network = new Testing.MemoryNetwork(time, FuzzKeys.Entropy("network"));
            var listener = network.Host("10.0.0.1").Listen(new(System.Net.IPAddress.Any, 8080));
            await using var server = new DmsgServer(
                new DmsgServerOptions { PublicAddress = "10.0.0.1:8080" }, FuzzKeys.Own, listener, new MemoryDmsgDiscovery(), FuzzKeys.Entropy("own"), time, NullLoggerFactory.Instance);
            server.Start();
            await using var client = await network.Host("10.0.0.2").ConnectAsync("10.0.0.1:8080", default);
            await client.WriteAsync(bytes, default);
            await client.CompleteWritesAsync(default);
            var received = 0;
            var buffer = new byte[4096];
            try
            {
                for (int n; (n = await client.ReadAsync(buffer, default)) > 0;)
                {
                    received += n;
                }
            }
            catch (IOException)
            {
                // Reset by the server.
            }

            return server.Causes.Snapshot().Aggregate(0, (sum, cause) => (sum * 131) + (int)cause.Key) + (received > 0 ? 1 << 20 : 0);
        });
    }

    private static int Entry(ReadOnlySpan<byte> input)
    {
        var list = DmsgEntry.ParseList(input.ToArray(), ListLimit);
        if (DmsgEntry.Parse(input) is not { } entry)
        {
            return list is null ? 0 : 1 + Math.Min(list.Count, 2);
        }

        var again = DmsgEntry.Parse(entry.ToJson()) ?? throw new ContractException("an entry's own text does not parse");
        if (again.Static != entry.Static || again.Sequence != entry.Sequence)
        {
            throw new ContractException("an entry's own text reads as another entry");
        }

        return 4 + (entry.HasSignature ? 1 : 0) + (entry.Verify() ? 2 : 0) + (entry.DelegatedServers is null ? 0 : 4);
    }
}
