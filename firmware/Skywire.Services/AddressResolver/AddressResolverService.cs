// The address resolver's HTTP part (spec 11 §3). Its UDP part serves sudph only and is not here; sudph addresses answer as unknown.
using System.Globalization;
using System.Net;
using System.Text;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Json;
using Skywire.Services.Http;
using Skywire.Services.Store;

namespace Skywire.Services.AddressResolver;

/// <summary>Settings of the address resolver.</summary>
public sealed record AddressResolverOptions
{
    /// <summary>Accepts visors behind private and loopback addresses: a closed network, such as a box at home, has no others.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Life of an address that is not announced again; null: until withdrawn, as visors of 2024 announce once.</summary>
    public TimeSpan? BindLife { get; init; }
}

/// <summary>Tells visors where others are reached. Thread-safe.</summary>
internal sealed class AddressResolverService : EndpointService
{
    private const string Stcpr = "stcpr";
    private const string Sudph = "sudph";
    private const int MaxAddresses = 64;
    private const int MaxAddressLength = 64;

    private readonly AddressResolverOptions _options;

    public AddressResolverService(AddressResolverOptions options, ServiceContext context)
        : base("address-resolver", context, nonces: true)
    {
        _options = options;
        Endpoints.Signed("POST", "/bind/stcpr", Bind);
        Endpoints.Signed("DELETE", "/bind/stcpr", Unbind);
        Endpoints.Signed("GET", "/resolve/{type}/{key}", Resolve);

        // The visor signs this one too, but it is open and does not count: the visor's next signed call gets 401 and is repeated (quirk 5).
        Endpoints.Read("GET", "/transports", _ => List);
        Endpoints.Write("DELETE", "/deregister/{type}", Deregister);
    }

    private static string KindOf(string type) => "ar." + type;

    private Func<IStoreWriter, HttpReply> Bind(ServiceRequest request)
    {
        if (JsonInput.Read(request.Call.Body, EndpointTable.MaxBodyBytes, Announcement.Read) is not { } announcement)
        {
            return _ => Replies.Error(400, "port or addresses are malformed");
        }

        if (HostOf(request.Address, announcement, out var reason) is not { } host)
        {
            return _ => Replies.Error(400, reason);
        }

        return writer =>
        {
            writer.Put(KindOf(Stcpr), request.Caller.ToString(), (announcement with { Host = host.ToString() }).Encode(), Time.GetUtcNow() + _options.BindLife);
            return Replies.Empty(200);
        };
    }

    /// <summary>The address others are to dial, or null and why not.</summary>
    private IPAddress? HostOf(IPAddress? seen, Announcement announcement, out string reason)
    {
        reason = "";
        if (seen is null)
        {
            reason = "the caller's address is not known; over dmsg it must be given in SW-PublicIP";
            return null;
        }

        if (!_options.AllowPrivate && !PublicAddress.IsPublic(seen))
        {
            reason = $"{seen} is not a public address";
            return null;
        }

        if (IPAddress.IsLoopback(seen))
        {
            // The visor runs beside us; others reach it by the address it has on the network, if it has one.
            return announcement.Parsed.FirstOrDefault(a => !IPAddress.IsLoopback(a) && a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork) ?? seen;
        }

        if (!announcement.Parsed.Contains(seen))
        {
            reason = $"{seen} is not among the addresses announced";
            return null;
        }

        return seen;
    }

    private static Func<IStoreWriter, HttpReply> Unbind(ServiceRequest request) => writer =>
    {
        writer.Delete(KindOf(Stcpr), request.Caller.ToString());
        return Replies.Empty(200);
    };

    private static Func<IStoreWriter, HttpReply> Resolve(ServiceRequest request)
    {
        var type = request.Captures[0];
        if (!PubKey.TryParseHex(request.Captures[1], out var key))
        {
            return _ => Replies.Error(400, "public key is invalid");
        }

        if (type is not (Stcpr or Sudph))
        {
            return _ => Replies.Error(500, "unknown network type");
        }

        return reader =>
        {
            if (reader.Get(KindOf(type), key.ToString()) is not { } record)
            {
                return Replies.Error(404, "address of public key is not found");
            }

            var found = Announcement.Decode(record.Value.Span);
            var own = reader.Get(KindOf(type), request.Caller.ToString());
            var caller = own is null ? request.Address : AddressOf(Announcement.Decode(own.Value.Span).Host);
            return Replies.Json(200, found.ToAnswer(isLocal: caller is not null && caller.Equals(AddressOf(found.Host))));
        };
    }

    // A bare address for stcpr, address and port for sudph.
    private static IPAddress? AddressOf(string host) => IPEndPoint.TryParse(host, out var endPoint) ? endPoint.Address : null;

    private static HttpReply List(IStoreReader reader)
    {
        var json = new JsonText().BeginObject();
        foreach (var type in new[] { Sudph, Stcpr })
        {
            var records = reader.Scan(KindOf(type));
            if (records.Count == 0)
            {
                continue;
            }

            json.Name(type).BeginArray();
            foreach (var record in records)
            {
                json.Text(record.Key);
            }

            json.EndArray();
        }

        return Replies.Json(200, json.EndObject());
    }

    private Func<IStoreWriter, HttpReply> Deregister(ServiceRequest request)
    {
        if (Monitors.Check(request.Call, out var names) is { } refusal)
        {
            return _ => refusal;
        }

        var type = request.Captures[0];
        if (type is not (Stcpr or Sudph))
        {
            return _ => Replies.Empty(400);
        }

        return writer =>
        {
            foreach (var name in names)
            {
                if (PubKey.TryParseHex(name, out var key))
                {
                    writer.Delete(KindOf(type), key.ToString());
                }
            }

            return Replies.Json("null\n"u8.ToArray());
        };
    }

    /// <summary>What a visor announces, and the host others dial. Stored as lines: host, port, addresses.</summary>
    private sealed record Announcement(string Host, string Port, IReadOnlyList<string> Addresses)
    {
        public IEnumerable<IPAddress> Parsed
        {
            get
            {
                foreach (var text in Addresses)
                {
                    if (IPAddress.TryParse(text, out var address))
                    {
                        yield return address;
                    }
                }
            }
        }

        public static Announcement? Read(System.Text.Json.JsonElement root)
        {
            if (!root.TryText("port"u8, out var port) || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            {
                return null;
            }

            List<string>? addresses = [];
            if (root.TryMember("addresses"u8, out var list) && (addresses = JsonInput.Texts(list, MaxAddresses)) is null)
            {
                return null;
            }

            return addresses.Any(a => a.Length > MaxAddressLength || a.Any(char.IsControl)) ? null : new Announcement("", port, addresses);
        }

        public static Announcement Decode(ReadOnlySpan<byte> value)
        {
            var lines = Encoding.UTF8.GetString(value).Split('\n');
            return new Announcement(lines[0], lines[1], lines[2..]);
        }

        public byte[] Encode() => Encoding.UTF8.GetBytes(string.Join('\n', [Host, Port, .. Addresses]));

        public JsonText ToAnswer(bool isLocal)
        {
            var json = new JsonText(escapeHtml: true).BeginObject().Name("remote_addr").Text(Host);
            if (isLocal)
            {
                json.Name("is_local").Flag(true);
            }

            json.Name("port").Text(Port).Name("addresses").BeginArray();
            foreach (var address in Addresses)
            {
                json.Text(address);
            }

            return json.EndArray().EndObject();
        }
    }
}
