using System.Globalization;
using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Services.AddressResolver;
using Skywire.Services.DmsgDiscovery;
using Skywire.Services.RouteFinder;
using Skywire.Services.ServiceDiscovery;
using Skywire.Services.TransportDiscovery;
using Skywire.Services.UptimeTracker;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

/// <summary>A whole recorded session of three reference visors, their requests in order, against our services.</summary>
public sealed class CaptureReplayTests : TestBase
{
    private static readonly JsonElement Capture = Vectors.Load("captures/http-exchanges.json");

    [Fact]
    public async Task VisorTraffic_InOrder_GetsTheRecordedAnswers()
    {
        var exchanges = Capture.GetProperty("visor_traffic").EnumerateArray().ToArray();
        var bench = new Bench(new DateTimeOffset(2026, 11, 21, 3, 52, 24, TimeSpan.Zero));
        var geo = new ServiceDiscoveryServiceTests.OnePlace();
        var services = new Dictionary<string, IHttpService>
        {
            ["dmsg-discovery"] = new DmsgDiscoveryService(new DmsgDiscoveryOptions(), bench.Context),
            ["transport-discovery"] = new TransportDiscoveryService(new TransportDiscoveryOptions(), bench.Context),
            ["address-resolver"] = new AddressResolverService(new AddressResolverOptions(), bench.Context),
            ["route-finder"] = new RouteFinderService(bench.Context),
            ["service-discovery"] = new ServiceDiscoveryService(new ServiceDiscoveryOptions(), geo, bench.Context),
            ["uptime-tracker"] = new UptimeTrackerService(geo, bench.Context),
        };
        SeedNonces(bench, exchanges);
        SeedSudph(bench);
        var deleted = new HashSet<string>();
        var replayed = 0;
        var elapsed = 0.0;
        foreach (var exchange in exchanges)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(exchange.GetProperty("t_s").GetDouble() - elapsed));
            elapsed = exchange.GetProperty("t_s").GetDouble();
            if (NotOurs(exchange))
            {
                continue;
            }

            var request = exchange.Text("request").Split(' ');
            var headers = exchange.GetProperty("request_headers").EnumerateArray().Select(h => h.GetString()!.Split(": ", 2)).Select(h => (h[0], h[1])).ToArray();
            var peer = Bench.From($"203.0.113.1{1 + (exchange.Text("client")[^1] - 'a')}");
            var (status, body, type) = await Bench.SendAsync(services[exchange.Text("service")], request[0], request[1], exchange.GetProperty("request_body").GetString() ?? "", peer, headers);
            if (request[0] == "DELETE" && exchange.Text("service") == "transport-discovery" && !deleted.Add(request[1]) && exchange.Text("response").Contains("200", StringComparison.Ordinal))
            {
                // Both ends deleted within milliseconds and the recorded service answered 200 to both; one after the other, the second finds nothing.
                Assert.Equal(404, status);
                CountNonce(bench, headers);
                continue;
            }

            var label = $"{elapsed.ToString(CultureInfo.InvariantCulture)} {exchange.Text("client")} {exchange.Text("service")} {exchange.Text("request")}: ";
            Assert.Equal(label + exchange.Text("response").Split(' ')[1] + " " + Expected(exchange), label + status.ToString(CultureInfo.InvariantCulture) + " " + Actual(exchange, body));
            if (exchange.GetProperty("response_headers").EnumerateArray().Select(h => h.GetString()!).FirstOrDefault(h => h.StartsWith("Content-Type: ", StringComparison.Ordinal)) is { } recordedType)
            {
                Assert.Equal(label + recordedType, $"{label}Content-Type: {type}");
            }

            replayed++;
        }

        Assert.True(replayed >= 70, $"{replayed}");
    }

    [Fact]
    public async Task VisorTraffic_Mutated_NeverFailsInside()
    {
        var bench = new Bench();
        var entropy = new SimulationEntropy(1);
        await using var services = new UnifiedServices(
            new ServicesOptions { Services = ServicesOptions.All.Where(k => k is not (ServiceKind.DmsgServer or ServiceKind.SetupNode)).ToHashSet() },
            new MemoryNetwork(bench.Time, entropy), null, entropy, bench.Time, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        var all = services.ByKind.Values.ToArray();
        var random = new Random(31);
        foreach (var exchange in Capture.GetProperty("visor_traffic").EnumerateArray())
        {
            var request = exchange.Text("request").Split(' ');
            for (var round = 0; round < 8; round++)
            {
                // Over dmsg the caller needs no signature, so the mutated bodies reach the handlers.
                var call = new HttpCall(request[0], Mutate(request[1], random, 2 * (round % 2)), [], Encoding.Latin1.GetBytes(Mutate(exchange.GetProperty("request_body").GetString() ?? "", random, 1 + (round % 3))));
                foreach (var service in all)
                {
                    var reply = await service.HandleAsync(call, new HttpPeer(null, KeyOf(exchange.Text("client")).PublicKey), Deadline);
                    Assert.DoesNotContain("internal error", Encoding.UTF8.GetString(reply.Body.Span), StringComparison.Ordinal);
                }
            }
        }
    }

    private static string Mutate(string text, Random random, int times)
    {
        var letters = text.ToCharArray();
        for (var i = 0; i < times && letters.Length > 1; i++)
        {
            letters[random.Next(1, letters.Length)] = (char)random.Next(256);
        }

        return random.Next(8) == 0 ? new string(letters, 0, random.Next(letters.Length + 1)) : new string(letters);
    }

    internal static SecKey KeyOf(string visor)
    {
        Assert.True(SecKey.TryParse(Vectors.Load("captures/keys.json").GetProperty("static").GetProperty(visor[^1..]).Hex("secret"), out var key));
        return key!;
    }

    /// <summary>The recorded network had run before: its nonces start where it had left them.</summary>
    private static void SeedNonces(Bench bench, JsonElement[] exchanges)
    {
        var seen = new HashSet<string>();
        foreach (var exchange in exchanges.Where(e => e.Text("request").Contains("/security/nonces/", StringComparison.Ordinal)))
        {
            var answer = JsonDocument.Parse(exchange.Text("response_body")).RootElement;
            if (seen.Add(exchange.Text("service") + answer.Text("edge")))
            {
                bench.Store.Write(w =>
                {
                    w.Put(exchange.Text("service") + ".nonce", answer.Text("edge"), Encoding.ASCII.GetBytes(answer.GetProperty("next_nonce").GetRawText()), null);
                    return true;
                });
            }
        }
    }

    /// <summary>What the resolver's UDP part, which is not ours, had learnt.</summary>
    private static void SeedSudph(Bench bench) => bench.Store.Write(w =>
    {
        foreach (var (visor, host) in new[] { ("a", 11), ("b", 12), ("c", 13) })
        {
            w.Put("ar.sudph", KeyOf(visor).PublicKey.ToString(), Encoding.ASCII.GetBytes($"203.0.113.{host}:7771\n7771\n127.0.0.1\n203.0.113.{host}\n::1"), null);
        }

        return true;
    });

    private static void CountNonce(Bench bench, (string Name, string Value)[] headers) => bench.Store.Write(w =>
    {
        var next = ulong.Parse(headers.Single(h => h.Name == "Sw-Nonce").Value, CultureInfo.InvariantCulture) + 1;
        w.Put("transport-discovery.nonce", headers.Single(h => h.Name == "Sw-Public").Value, Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture)), null);
        return true;
    });

    /// <summary>What depends on parties that are not part of this replay.</summary>
    private static bool NotOurs(JsonElement exchange)
    {
        var request = exchange.Text("request");
        return request.Contains("available_servers", StringComparison.Ordinal)
            || (exchange.Text("service") == "dmsg-discovery" && request.StartsWith("GET /dmsg-discovery/entry/", StringComparison.Ordinal) && exchange.Text("response").Contains("200", StringComparison.Ordinal) && exchange.Text("response_body").Contains("\"static\":\"031493", StringComparison.Ordinal));
    }

    private static string Expected(JsonElement exchange) => IsKeyList(exchange) ? Sorted(exchange.Text("response_body")) : exchange.Text("response_body");

    private static string Actual(JsonElement exchange, string body) => IsKeyList(exchange) ? Sorted(body) : body;

    // Sets in the reference's store, so their order means nothing.
    private static bool IsKeyList(JsonElement exchange) => exchange.Text("service") == "address-resolver" && exchange.Text("request").StartsWith("GET /transports ", StringComparison.Ordinal);

    private static string Sorted(string body) => string.Join(';', JsonDocument.Parse(body).RootElement.EnumerateObject()
        .Select(type => type.Name + ":" + string.Join(',', type.Value.EnumerateArray().Select(e => e.GetString()).Order(StringComparer.Ordinal))));
}
