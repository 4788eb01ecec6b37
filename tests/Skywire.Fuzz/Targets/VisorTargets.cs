// What operators and services hand to the visor: configuration files and answers of services.
using System.Text;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Fuzz.Engine;
using Skywire.Visor.Config;

namespace Skywire.Fuzz.Targets;

internal static class VisorTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("config", Config) { AllocationBase = 1 << 20, AllocationPerByte = 2048, MaxInput = 16 * 1024 },
        new("reference-config", Import) { AllocationBase = 1 << 20, AllocationPerByte = 2048, MaxInput = 16 * 1024 },
        new("service-answers", Answers) { AllocationBase = 1 << 20, AllocationPerByte = 1024, MaxInput = 16 * 1024 },
    ];

    private static int Config(ReadOnlySpan<byte> input)
    {
        var torn = ConfigLoader.IsTorn(input);
        try
        {
            ConfigLoader.Parse("fuzz.json", input.ToArray());
            return torn ? throw new ContractException("a torn file parsed") : 1;
        }
        catch (ConfigurationException)
        {
            return torn ? 2 : 3;
        }
    }

    private static int Import(ReadOnlySpan<byte> input)
    {
        try
        {
            using var imported = ReferenceImport.Convert("fuzz.json", input.ToArray());
            return 1 + Math.Min(imported.NotCarried.Count, 6);
        }
        catch (ConfigurationException)
        {
            return 0;
        }
    }

    // First byte: which call; second: the status; then the body of the answer.
    private static int Answers(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
        {
            return 0;
        }

        var call = input[0] % 8;
        var status = (input[1] % 4) switch { 0 => 200, 1 => 404, 2 => 401, _ => 500 };
        var exchange = new FixedAnswer(new HttpReply(status, "application/json", input[2..].ToArray()));
        return OnScheduler.Run(async time =>
        {
            try
            {
                var found = await CallAsync(call, exchange, time);
                return (call * 16) + (status == 200 ? 8 : 0) + (found ? 1 : 2);
            }
            catch (ServiceException)
            {
                return (call * 16) + (status == 200 ? 8 : 0) + 3;
            }
        });
    }

    private static async Task<bool> CallAsync(int call, IHttpExchange exchange, TimeProvider time)
    {
        const string Address = "http://10.0.0.1:80";
        var options = ServiceClientOptions.Default;
        var (own, peer) = (FuzzKeys.Own, FuzzKeys.Peer.PublicKey);
        switch (call)
        {
            case 0:
                return await new DmsgDiscoveryClient(exchange, Address, options, time).GetEntryAsync(peer, default) is not null;
            case 1:
                return (await new DmsgDiscoveryClient(exchange, Address, options, time).GetAvailableServersAsync(default)).Count > 0;
            case 2:
                return (await new TransportDiscoveryClient(exchange, Address, own, options, time).GetByEdgeAsync(peer, default)).Count > 0;
            case 3:
                return await new TransportDiscoveryClient(exchange, Address, own, options, time).GetByIdAsync(TransportEntry.Create(own.PublicKey, peer, "stcpr", "user").Id, default) is not null;
            case 4:
                return await new AddressResolverClient(exchange, Address, own, options, time).ResolveAsync("stcpr", peer, default) is not null;
            case 5:
                return await new RouteFinderClient(exchange, Address, options, time).FindRoutesAsync(own.PublicKey, peer, 1, 50, default) is not null;
            case 6:
                return (await new ServiceDiscoveryClient(exchange, Address, own, options, time).ListAsync("vpn", default)).Count > 0;
            default:
                await new UptimeTrackerClient(exchange, Address, own, options, time).UpdateAsync("1", default);
                return true;
        }
    }

    private sealed class FixedAnswer(HttpReply reply) : IHttpExchange
    {
        public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
        {
            await Task.Yield();

            // The nonce is asked for first by signing clients; the rest is the answer under test.
            return call.Target.Contains("/security/nonces/", StringComparison.Ordinal)
                ? new HttpReply(200, "application/json", Encoding.ASCII.GetBytes($"{{\"edge\":\"{FuzzKeys.Own.PublicKey}\",\"next_nonce\":1}}"))
                : reply;
        }
    }
}
