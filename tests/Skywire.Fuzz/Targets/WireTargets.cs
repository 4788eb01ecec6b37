// gob, net/rpc, yamux.
using System.Buffers;
using Skywire.Fuzz.Engine;
using Skywire.Wire;
using Skywire.Wire.Gob;
using Skywire.Wire.Rpc;
using Skywire.Wire.Yamux;

namespace Skywire.Fuzz.Targets;

internal static class WireTargets
{
    // A list of empty values costs one byte each on the wire and one object here; the decoder's limit of values caps it.
    private const long GobBase = 8 << 20;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("gob", Gob) { AllocationBase = GobBase, MaxInput = 32 * 1024 },
        new("rpc-server", RpcServer) { AllocationBase = GobBase, MaxInput = 16 * 1024 },
        new("rpc-client", RpcClient) { AllocationBase = GobBase, MaxInput = 16 * 1024 },
        new("yamux-server", input => Yamux(input, client: false)) { AllocationBase = 16 << 20, AllocationPerByte = 4096, MaxInput = 16 * 1024 },
        new("yamux-client", input => Yamux(input, client: true)) { AllocationBase = 16 << 20, AllocationPerByte = 4096, MaxInput = 16 * 1024 },
    ];

    private static int Gob(ReadOnlySpan<byte> input)
    {
        var decoder = new GobDecoder();
        var values = 0;
        var kinds = 0;
        var unreadable = 0;
        for (var rest = input; ;)
        {
            var status = decoder.TryDecode(rest, out var value, out var consumed);
            if (consumed < 0 || consumed > rest.Length || (status == OperationStatus.Done && consumed == 0))
            {
                throw new ContractException($"{status}, {consumed} of {rest.Length} bytes consumed");
            }

            if (status == OperationStatus.InvalidData && !decoder.IsBroken)
            {
                // One value could not be read; the stream goes on behind it.
                if (consumed == 0)
                {
                    throw new ContractException("an unreadable value was not passed over");
                }

                rest = rest[consumed..];
                unreadable = 1;
                continue;
            }

            if (status != OperationStatus.Done)
            {
                return (kinds * 128) + (Math.Min(values, 15) * 8) + (unreadable * 4) + (int)status;
            }

            kinds |= 1 << (int)value.Kind;
            values++;
            Visit(value, 0);
            rest = rest[consumed..];
        }
    }

    // Reading a value that decoded must work whatever it holds.
    private static void Visit(GobValue value, int depth)
    {
        if (depth > GobLimits.Default.MaxDepth + 1)
        {
            throw new ContractException("deeper than the limit");
        }

        _ = value.AsBool;
        _ = value.AsString;
        Span<byte> hash = stackalloc byte[32];
        _ = value.TryCopyByteArray(hash);
        foreach (var item in value.Items)
        {
            Visit(item, depth + 1);
        }

        foreach (var name in value.FieldNames)
        {
            Visit(value[name], depth + 1);
        }
    }

    private static int RpcServer(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async _ =>
        {
            var calls = 0;
            var causes = new CauseCounters("fuzz");
            var server = new RpcServer(RpcOptions.Default, causes, (_, e) => throw new ContractException("a method failed: " + e.Message));
            foreach (var method in new[] { "RPCGateway.ReserveIDs", "RPCGateway.AddIntermediaryRules", "RPCGateway.AddEdgeRules", "SetupRPCGateway.DialRouteGroup" })
            {
                server.Register(method, GobType.Bool, (argument, _) =>
                {
                    Visit(argument, 0);
                    calls++;
                    return Task.FromResult(GobValue.Of(true));
                });
            }

            await server.ServeAsync(OnScheduler.Peer(bytes), default);
            return Math.Min(calls, 7) + (causes.Snapshot().Aggregate(0, (sum, cause) => sum + (int)cause.Key) * 8);
        });
    }

    private static int RpcClient(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async time =>
        {
            await using var client = new RpcClient(OnScheduler.Peer(bytes));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), time);
            var outcome = 0;
            for (var i = 0; i < 2; i++)
            {
                try
                {
                    Visit(await client.CallAsync("RPCGateway.ReserveIDs", GobType.UInt, GobValue.Of(2UL), limit.Token), 0);
                    outcome = (outcome * 4) + 1;
                }
                catch (RpcException)
                {
                    outcome = (outcome * 4) + 2;
                }
                catch (IOException)
                {
                    outcome = (outcome * 4) + 3;
                }
            }

            return outcome;
        });
    }

    // The session echoes on every stream the peer opens and has opened one of its own.
    private static int Yamux(ReadOnlySpan<byte> input, bool client)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async time =>
        {
            var session = new YamuxSession(OnScheduler.Peer(bytes), client, YamuxOptions.Default, time);
            var tasks = new List<Task> { OwnAsync(session) };
            var accepted = 0;
            try
            {
                while (true)
                {
                    tasks.Add(EchoAsync(await session.AcceptAsync(default)));
                    accepted++;
                }
            }
            catch (ProtocolException)
            {
                // The end of the session.
            }

            await session.DisposeAsync();
            await session.Completion;
            await Task.WhenAll(tasks);
            if (session.StreamCount != 0)
            {
                throw new ContractException($"{session.StreamCount} streams are left after the end");
            }

            return ((int)session.CloseCause * 8) + Math.Min(accepted, 7);
        });
    }

    private static async Task OwnAsync(YamuxSession session)
    {
        try
        {
            await using var stream = await session.OpenAsync(default);
            await stream.WriteAsync(new byte[1000], default);
            await DrainAsync(stream, echo: false);
        }
        catch (IOException)
        {
            // The peer's bytes ended the stream or the session.
        }
    }

    private static async Task EchoAsync(IByteStream stream)
    {
        try
        {
            await using (stream)
            {
                await DrainAsync(stream, echo: true);
            }
        }
        catch (IOException)
        {
            // The peer's bytes ended the stream or the session.
        }
    }

    private static async Task DrainAsync(IByteStream stream, bool echo)
    {
        var buffer = new byte[512];
        for (int n; (n = await stream.ReadAsync(buffer, default)) > 0;)
        {
            if (echo)
            {
                await stream.WriteAsync(buffer.AsMemory(0, n), default);
            }
        }
    }
}
