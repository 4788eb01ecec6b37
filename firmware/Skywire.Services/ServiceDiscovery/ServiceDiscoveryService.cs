// The service discovery (spec 11 §4): public visors, VPN servers and SOCKS proxies.
using System.Globalization;
using System.Text;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Json;
using Skywire.Services.Http;
using Skywire.Services.Store;

namespace Skywire.Services.ServiceDiscovery;

/// <summary>Settings of the service discovery.</summary>
public sealed record ServiceDiscoveryOptions
{
    /// <summary>Lists public visors whose address is private too: in a closed network there are no others.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>
    /// Life of a listing that its owner keeps repeating (visors of 2026 do, every 90 s). Visors of 2024 register once; theirs stays until withdrawn. Null: all stay.
    /// </summary>
    public TimeSpan? Life { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Lists services. Thread-safe.</summary>
internal sealed class ServiceDiscoveryService : EndpointService
{
    /// <summary>The text at which visors stop to try (spec 11 §4.3).</summary>
    private const string Unreachable = "visor is unreachable";

    private readonly ServiceDiscoveryOptions _options;
    private readonly IGeoLookup _geo;
    private readonly IEntropy _entropy;

    public ServiceDiscoveryService(ServiceDiscoveryOptions options, IGeoLookup geo, ServiceContext context)
        : base("service-discovery", context, nonces: true)
    {
        _options = options;
        _geo = geo;
        _entropy = context.Entropy;
        Endpoints.Read("GET", "/api/services", List);
        Endpoints.Read("GET", "/api/services/{address}", Get);
        Endpoints.Signed("POST", "/api/services", Register);
        Endpoints.Signed("DELETE", "/api/services/{address}", Delete);
        Endpoints.Write("DELETE", "/api/services/deregister/{type}", Deregister);
    }

    private static string KindOf(string type) => "sd." + type;

    /// <summary>A record is the refresh count, a line end, and the listing as JSON.</summary>
    private static (RefreshCount Count, ReadOnlyMemory<byte> Json) Split(StoredRecord record)
    {
        var end = record.Value.Span.IndexOf((byte)'\n');
        return (RefreshCount.Parse(Encoding.ASCII.GetString(record.Value.Span[..end])), record.Value[(end + 1)..]);
    }

    private Func<IStoreReader, HttpReply> List(ServiceRequest request)
    {
        if (Listing.KnownType(request.Query("type")) is not { } type)
        {
            return _ => Replies.CodedError(400, "type is missing or unknown");
        }

        var quantity = int.MaxValue;
        if (request.Query("quantity") is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out quantity) || quantity < 1))
        {
            return _ => Replies.CodedError(400, "quantity is not a positive number");
        }

        string? version = request.Query("version"), country = request.Query("country");
        return reader =>
        {
            List<ReadOnlyMemory<byte>> found = [.. reader.Scan(KindOf(type)).Select(r => Split(r).Json).Where(json => Matches(json, version, country))];
            if (quantity < found.Count)
            {
                Shuffle(found, quantity);
                found.RemoveRange(quantity, found.Count - quantity);
            }

            var json = new JsonText().BeginArray();
            foreach (var listing in found)
            {
                json.Raw(listing.Span);
            }

            return Replies.Json(200, json.EndArray().Newline());
        };
    }

    private static bool Matches(ReadOnlyMemory<byte> json, string? version, string? country)
    {
        if (string.IsNullOrEmpty(version) && string.IsNullOrEmpty(country))
        {
            return true;
        }

        return JsonInput.Read(json, EndpointTable.MaxBodyBytes, Listing.Read) is { } listing
            && (string.IsNullOrEmpty(version) || listing.Version == version)
            && (string.IsNullOrEmpty(country) || listing.Geo?.Country == country);
    }

    /// <summary>Puts a random sample in front: each visor gets its share of proxies' clients.</summary>
    private void Shuffle(List<ReadOnlyMemory<byte>> items, int front)
    {
        Span<byte> random = stackalloc byte[4];
        for (var i = 0; i < front; i++)
        {
            _entropy.Fill(random);
            var other = i + (int)(BitConverter.ToUInt32(random) % (uint)(items.Count - i));
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    private static Func<IStoreReader, HttpReply> Get(ServiceRequest request)
    {
        if (!ServiceDiscoveryClient.TryReadAddress(request.Captures[0], out var key, out var port) || Listing.KnownType(request.Query("type")) is not { } type)
        {
            return _ => Replies.CodedError(400, "address or type is malformed");
        }

        return reader => reader.Get(KindOf(type), $"{key}:{port}") is { } record
            ? Replies.Json((byte[])[.. Split(record).Json.Span, (byte)'\n'])
            : Replies.CodedError(404, "service is not found");
    }

    private Func<IStoreWriter, HttpReply> Register(ServiceRequest request)
    {
        if (JsonInput.Read(request.Call.Body, EndpointTable.MaxBodyBytes, Listing.Read) is not { } listing)
        {
            return _ => Replies.CodedError(400, "malformed service, or a member not known here");
        }

        if (listing.Key != request.Caller)
        {
            return _ => Replies.CodedError(403, "the address is of another key");
        }

        if (listing.Type is "vpn" or "skysocks" && listing.Version.Length == 0)
        {
            return _ => Replies.CodedError(403, "version is missing");
        }

        if (listing.Type == "visor" && !_options.AllowPrivate && !(request.Address is { } address && PublicAddress.IsPublic(address)))
        {
            return _ => Replies.CodedError(403, Unreachable);
        }

        // The place is the server's finding, never the caller's claim.
        var stored = (listing with { Geo = request.Address is { } from ? _geo.Find(from) : null }).Encode();
        return writer =>
        {
            var now = Time.GetUtcNow();
            var count = writer.Get(KindOf(listing.Type), listing.Address) is { } before ? Split(before).Count.Next(now, _options.Life ?? TimeSpan.Zero) : RefreshCount.First(now);
            writer.Put(KindOf(listing.Type), listing.Address, [.. Encoding.ASCII.GetBytes($"{count}\n"), .. stored], count.IsKept ? now + _options.Life : null);
            return Replies.Json((byte[])[.. stored, (byte)'\n']);
        };
    }

    private static Func<IStoreWriter, HttpReply> Delete(ServiceRequest request)
    {
        if (!ServiceDiscoveryClient.TryReadAddress(request.Captures[0], out var key, out var port) || Listing.KnownType(request.Query("type")) is not { } type)
        {
            return _ => Replies.CodedError(400, "address or type is malformed");
        }

        if (key != request.Caller)
        {
            return _ => Replies.CodedError(403, "the address is of another key");
        }

        return writer =>
        {
            // True also when there was none: visors that are not public withdraw at every start.
            writer.Delete(KindOf(type), $"{key}:{port}");
            return Replies.Json("true\n"u8.ToArray());
        };
    }

    private Func<IStoreWriter, HttpReply> Deregister(ServiceRequest request)
    {
        if (Monitors.Check(request.Call, out var names) is { } refusal)
        {
            return _ => refusal;
        }

        if (Listing.KnownType(request.Captures[0]) is not { } type)
        {
            return _ => Replies.Empty(400);
        }

        return writer =>
        {
            foreach (var name in names)
            {
                // A monitor names keys, or keys with port.
                var key = name.Split(':')[0];
                foreach (var record in PubKey.TryParseHex(key, out _) ? writer.Scan(KindOf(type), key + ":") : [])
                {
                    if (name == key || name == record.Key)
                    {
                        writer.Delete(KindOf(type), record.Key);
                    }
                }
            }

            return Replies.Json("null\n"u8.ToArray());
        };
    }
}
