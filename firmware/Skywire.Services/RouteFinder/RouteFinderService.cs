// The route finder (spec 11 §5). Reads the transport discovery's records, so it must share its store.
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Json;
using Skywire.Services.Http;
using Skywire.Services.Store;
using Skywire.Services.TransportDiscovery;

namespace Skywire.Services.RouteFinder;

/// <summary>Finds paths between visors. Thread-safe.</summary>
internal sealed class RouteFinderService : EndpointService
{
    /// <summary>Most pairs per request; a visor asks for two.</summary>
    private const int MaxPairs = 16;

    /// <summary>Longest path computed; visors of 2026 ask for up to 1000.</summary>
    private const int MostHops = 1000;

    private sealed record Question(IReadOnlyList<(string Name, PubKey From, PubKey To)> Pairs, int MinHops, int MaxHops);

    private readonly TransportCache _cache = new();

    public RouteFinderService(ServiceContext context)
        : base("route-finder", context, nonces: false)
    {
        Endpoints.Read("POST", "/routes", Routes);
    }

    private Func<IStoreReader, HttpReply> Routes(ServiceRequest request)
    {
        if (JsonInput.Read(request.Call.Body, EndpointTable.MaxBodyBytes, ReadQuestion) is not { } question)
        {
            return _ => Replies.NestedError(400, "malformed request", newline: false);
        }

        return reader => Answer(reader, question);
    }

    private HttpReply Answer(IStoreReader reader, Question question)
    {
        var search = new RouteSearch(reader, _cache);

        // Sorted by name and each once, as the reference's encoder writes its map.
        var answers = new SortedDictionary<string, IReadOnlyList<IReadOnlyList<RouteHop>>>(StringComparer.Ordinal);
        foreach (var (name, from, to) in question.Pairs)
        {
            switch (search.Find(from, to, question.MinHops, question.MaxHops, out var paths))
            {
                case RouteSearchOutcome.Found:
                    answers[name] = paths;
                    break;
                case RouteSearchOutcome.NoRoute:
                    return Replies.NestedError(404, "no route to destination", newline: false);
                default:
                    return Replies.NestedError(404, "transport not found", newline: false);
            }
        }

        var json = new JsonText().BeginObject();
        foreach (var (name, paths) in answers)
        {
            json.Name(name).BeginArray();
            foreach (var path in paths)
            {
                json.BeginArray();
                foreach (var hop in path)
                {
                    json.BeginObject().Name("TpID").Text(hop.TransportId.ToString()).Name("From").Text(hop.From.ToString()).Name("To").Text(hop.To.ToString()).EndObject();
                }

                json.EndArray();
            }

            json.EndArray();
        }

        return Replies.Json(200, json.EndObject());
    }

    private static Question? ReadQuestion(JsonElement root)
    {
        if (!root.TryMember("Edges"u8, out var edges) || JsonInput.Texts(edges, MaxPairs) is not { Count: > 0 } names)
        {
            return null;
        }

        int minHops = 0, maxHops = 0;
        if (root.TryMember("Opts"u8, out var options) && !(TryHops(options, "MinHops"u8, out minHops) && TryHops(options, "MaxHops"u8, out maxHops)))
        {
            return null;
        }

        var pairs = new List<(string, PubKey, PubKey)>(names.Count);
        foreach (var name in names)
        {
            const int half = 2 * PubKey.Size;
            if (name.Length != (2 * half) + 1 || name[half] != ':' || !PubKey.TryParseHex(name.AsSpan(0, half), out var from) || !PubKey.TryParseHex(name.AsSpan(half + 1), out var to))
            {
                return null;
            }

            pairs.Add((name, from, to));
        }

        return new Question(pairs, minHops, maxHops);
    }

    private static bool TryHops(JsonElement options, ReadOnlySpan<byte> name, out int hops)
    {
        hops = 0;
        if (options.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (!options.TryMember(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetUInt16(out var number))
        {
            return false;
        }

        hops = Math.Min((int)number, MostHops);
        return true;
    }
}
