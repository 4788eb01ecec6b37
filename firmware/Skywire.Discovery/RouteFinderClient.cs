// The route finder over HTTP (spec 11 §5).
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery.Clients;
using Skywire.Discovery.Json;
using Skywire.Wire;

namespace Skywire.Discovery;

/// <summary>Client of a route finder. Thread-safe.</summary>
public sealed class RouteFinderClient : IRouteFinder
{
    // The reference's values: an answer other than "not found" is tried again every 500 ms for 2 s.
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(2);
    private const int MaxPaths = 64;
    private const int MaxHopsRead = 1000;

    private readonly ServiceLink _link;
    private readonly TimeProvider _time;

    /// <summary>Talks to the route finder at <paramref name="address"/>.</summary>
    public RouteFinderClient(IHttpExchange exchange, string address, ServiceClientOptions options, TimeProvider time)
    {
        _link = new ServiceLink(exchange, "route finder", address, options, time);
        _time = time;
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => _link.Causes;

    /// <inheritdoc/>
    public async Task<FoundRoutes?> FindRoutesAsync(PubKey source, PubKey destination, int minHops, int maxHops, CancellationToken cancellationToken)
    {
        string forward = $"{source}:{destination}", reverse = $"{destination}:{source}";
        var body = new JsonText().BeginObject()
            .Name("Edges").BeginArray().Text(forward).Text(reverse).EndArray()
            .Name("Opts").BeginObject().Name("MinHops").Number((long)minHops).Name("MaxHops").Number((long)maxHops).EndObject()
            .EndObject().ToArray();
        var began = _time.GetTimestamp();
        while (true)
        {
            try
            {
                var reply = await _link.CallAsync("POST", "/routes", body, cancellationToken);
                if (reply.Status == 404)
                {
                    return null;
                }

                return reply.Status == 200 ? Read(reply.Body, source, destination) : throw _link.Refused(reply);
            }
            catch (ServiceException) when (_time.GetElapsedTime(began) + RetryPause <= RetryFor)
            {
                await Task.Delay(RetryPause, _time, cancellationToken);
            }
        }
    }

    private FoundRoutes? Read(ReadOnlyMemory<byte> body, PubKey source, PubKey destination)
    {
        var found = JsonInput.Read(body, _link.Options.MaxAnswerBytes, root =>
            ReadPaths(root, source, destination) is { } forward && ReadPaths(root, destination, source) is { } reverse ? new FoundRoutes(forward, reverse) : null)
            ?? throw _link.BadAnswer("no paths for both directions");
        return found.Forward.Count > 0 && found.Reverse.Count > 0 ? found : null;
    }

    private List<IReadOnlyList<RouteHop>>? ReadPaths(JsonElement root, PubKey from, PubKey to)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty($"{from}:{to}", out var list))
        {
            return null;
        }

        var paths = new List<IReadOnlyList<RouteHop>>();
        if (list.ValueKind == JsonValueKind.Null)
        {
            return paths;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxPaths)
        {
            return null;
        }

        foreach (var element in list.EnumerateArray())
        {
            if (ReadPath(element, from, to) is { } path)
            {
                paths.Add(path);
            }
            else
            {
                // A path that does not lead from here to there is worth nothing, the others may be.
                Causes.Add(ProtocolError.BadServiceAnswer);
            }
        }

        return paths;
    }

    private static List<RouteHop>? ReadPath(JsonElement element, PubKey from, PubKey to)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() is 0 or > MaxHopsRead)
        {
            return null;
        }

        var path = new List<RouteHop>(element.GetArrayLength());
        var at = from;
        foreach (var hop in element.EnumerateArray())
        {
            if (!hop.TryText("TpID"u8, out var idText) || !TransportId.TryParse(idText, out var id)
                || !hop.TryKey("From"u8, out var start) || !hop.TryKey("To"u8, out var end) || start != at || end.IsNull)
            {
                return null;
            }

            path.Add(new RouteHop(id, start, end));
            at = end;
        }

        return at == to ? path : null;
    }
}
