// The uptime tracker (spec 11 §6).
using System.Globalization;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Json;
using Skywire.Services.Http;
using Skywire.Services.ServiceDiscovery;
using Skywire.Services.Store;

namespace Skywire.Services.UptimeTracker;

/// <summary>Counts and shows uptime. Thread-safe.</summary>
internal sealed class UptimeTrackerService : EndpointService
{
    private readonly IGeoLookup _geo;

    public UptimeTrackerService(IGeoLookup geo, ServiceContext context)
        : base("uptime-tracker", context, nonces: true)
    {
        _geo = geo;
        Endpoints.Signed("GET", "/v4/update", Update);
        foreach (var old in new[] { "/update", "/v2/update", "/v3/update" })
        {
            Endpoints.Read("GET", old, _ => _ => Replies.Empty(410));
        }

        Endpoints.Read("GET", "/uptimes", Uptimes);
        Endpoints.Read("GET", "/uptime/{key}", Uptime);
        Endpoints.Read("GET", "/visors", _ => Visors);
    }

    private Func<IStoreWriter, HttpReply> Update(ServiceRequest request) => writer =>
    {
        UptimeLedger.Count(writer, request.Caller, request.Query("version") ?? "", request.Address, Time.GetUtcNow());
        return Replies.Empty(200);
    };

    private Func<IStoreReader, HttpReply> Uptimes(ServiceRequest request)
    {
        var wanted = request.Query("visors")?.Split(',').ToHashSet(StringComparer.Ordinal);
        var status = request.Query("status");
        var second = request.Query("v") == "v2";
        if (!TryDay(request.Query("startDate"), out var from) || !TryDay(request.Query("endDate"), out var to))
        {
            return _ => Replies.Error(400, "startDate and endDate are Unix seconds");
        }

        return reader =>
        {
            var now = Time.GetUtcNow();
            var json = new JsonText(escapeHtml: true).BeginArray();
            foreach (var row in UptimeLedger.All(reader))
            {
                var online = IsOnline(row, now);
                if ((wanted is null || wanted.Contains(row.Key)) && (status is not ("on" or "off") || (status == "on") == online))
                {
                    Write(json, reader, row, online, second, from, to);
                }
            }

            return Replies.Json(200, json.EndArray().Newline());
        };
    }

    private static void Write(JsonText json, IStoreReader reader, UptimeRow row, bool online, bool second, string? from, string? to)
    {
        if (!second)
        {
            json.BeginObject().Name("key").Text(row.Key).Name("online").Flag(online).EndObject();
            return;
        }

        json.BeginObject().Name("pk").Text(row.Key).Name("on").Flag(online).Name("version").Text(row.Version).Name("daily").BeginObject();
        foreach (var (day, percent) in UptimeLedger.DaysOf(reader, row.Key))
        {
            if (string.CompareOrdinal(day, from ?? day) >= 0 && string.CompareOrdinal(day, to ?? day) <= 0)
            {
                json.Name(day).Text(percent.ToString("0.##", CultureInfo.InvariantCulture));
            }
        }

        json.EndObject().EndObject();
    }

    private Func<IStoreReader, HttpReply> Uptime(ServiceRequest request)
    {
        if (!PubKey.TryParseHex(request.Captures[0], out var key))
        {
            return _ => Replies.Error(400, "public key is invalid");
        }

        // 500 for an unknown visor is what the reference answers.
        return reader => UptimeLedger.Get(reader, key.ToString()) is { } row
            ? Replies.Json(200, new JsonText().BeginObject().Name("key").Text(row.Key).Name("online").Flag(IsOnline(row, Time.GetUtcNow())).EndObject().Newline())
            : Replies.Error(500, "visor not found");
    }

    private HttpReply Visors(IStoreReader reader)
    {
        var now = Time.GetUtcNow();
        var json = new JsonText().BeginArray();
        foreach (var row in UptimeLedger.All(reader))
        {
            if (IsOnline(row, now) && System.Net.IPAddress.TryParse(row.Address, out var address) && _geo.Find(address) is { } place)
            {
                json.BeginObject().Name("lat").Number(place.Latitude).Name("lon").Number(place.Longitude).EndObject();
            }
        }

        return Replies.Json(200, json.EndArray().Newline());
    }

    private static bool IsOnline(UptimeRow row, DateTimeOffset now) => now - row.Last < UptimeLedger.OnlineFor;

    private static bool TryDay(string? text, out string? day)
    {
        // Up to the year 9999.
        const long last = 253_402_300_799;
        day = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > last)
        {
            return false;
        }

        day = DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return true;
    }
}
