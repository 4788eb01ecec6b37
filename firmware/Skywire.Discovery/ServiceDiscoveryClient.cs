// The service discovery over HTTP (spec 11 §4).
using System.Globalization;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery.Clients;
using Skywire.Discovery.Json;
using Skywire.Wire;

namespace Skywire.Discovery;

/// <summary>Client of a service discovery. Thread-safe.</summary>
public sealed class ServiceDiscoveryClient : IServiceDiscovery
{
    private readonly SignedHttpClient _client;

    /// <summary>Talks to the discovery at <paramref name="address"/> in the name of <paramref name="key"/>, which the caller keeps alive.</summary>
    public ServiceDiscoveryClient(IHttpExchange exchange, string address, SecKey key, ServiceClientOptions options, TimeProvider time)
    {
        _client = new SignedHttpClient(new ServiceLink(exchange, "service discovery", address, options, time), key);
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => Link.Causes;

    private ServiceLink Link => _client.Link;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ServiceRecord>> ListAsync(string type, CancellationToken cancellationToken)
    {
        var reply = await Link.CallAsync("GET", "/api/services?type=" + Uri.EscapeDataString(type), default, cancellationToken);
        return reply.Status switch
        {
            200 => JsonInput.Read(reply.Body, Link.Options.MaxAnswerBytes, ReadList) ?? throw Link.BadAnswer("no list of services"),
            404 => [],
            _ => throw Link.Refused(reply),
        };
    }

    /// <inheritdoc/>
    public async Task RegisterAsync(ServiceRecord record, CancellationToken cancellationToken)
    {
        var json = new JsonText(escapeHtml: true).BeginObject().Name("address").Text(AddressOf(record)).Name("type").Text(record.Type);
        if (record.Version.Length > 0)
        {
            json.Name("version").Text(record.Version);
        }

        var reply = await _client.CallAsync("POST", "/api/services", json.EndObject().ToArray(), cancellationToken);
        if (reply.Status != 200)
        {
            throw Link.Refused(reply);
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(ServiceRecord record, CancellationToken cancellationToken)
    {
        var reply = await _client.CallAsync("DELETE", $"/api/services/{AddressOf(record)}?type={Uri.EscapeDataString(record.Type)}", default, cancellationToken);
        if (reply.Status is not (200 or 404))
        {
            throw Link.Refused(reply);
        }
    }

    private static string AddressOf(ServiceRecord record) => $"{record.Key}:{record.Port.ToString(CultureInfo.InvariantCulture)}";

    private List<ServiceRecord>? ReadList(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (root.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var records = new List<ServiceRecord>(root.GetArrayLength());
        foreach (var element in root.EnumerateArray())
        {
            if (ReadRecord(element) is { } record)
            {
                records.Add(record);
            }
            else
            {
                // One odd listing does not make the others useless.
                Causes.Add(ProtocolError.BadServiceAnswer);
            }
        }

        return records;
    }

    private static ServiceRecord? ReadRecord(JsonElement element)
    {
        if (!element.TryText("address"u8, out var address) || !TryReadAddress(address, out var key, out var port)
            || !element.TryText("type"u8, out var type) || !element.TryText("version"u8, out var version))
        {
            return null;
        }

        var country = "";
        return element.TryMember("geo"u8, out var geo) && !geo.TryText("country"u8, out country) ? null : new ServiceRecord(key, port, type, version, country);
    }

    /// <summary>Reads <c>key:port</c>.</summary>
    internal static bool TryReadAddress(string address, out PubKey key, out ushort port)
    {
        key = default;
        port = 0;
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && PubKey.TryParseHex(address.AsSpan(0, colon), out key)
            && ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port);
    }
}
