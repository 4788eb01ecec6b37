// A listing of the service discovery as JSON (spec 11 §4.1).
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Json;

namespace Skywire.Services.ServiceDiscovery;

/// <summary>One listed service. Members in the order of the reference.</summary>
internal sealed record Listing(PubKey Key, ushort Port, string Type)
{
    private const int MaxLocalAddresses = 64;
    private const int MaxTextLength = 64;

    public GeoPlace? Geo { get; init; }

    public bool DisplayNodeIp { get; init; }

    public string Version { get; init; } = "";

    public IReadOnlyList<string> LocalIps { get; init; } = [];

    /// <summary>Measured by others; kept as it was sent.</summary>
    public byte[]? Info { get; init; }

    public string Address => $"{Key}:{Port}";

    /// <summary>The type's name in the store and in answers; "proxy" is another word for skysocks. Null for an unknown one.</summary>
    public static string? KnownType(string? type) => type switch
    {
        "visor" or "vpn" or "skysocks" => type,
        "proxy" => "skysocks",
        _ => null,
    };

    /// <summary>Reads a registration. Strict as in the reference: a member not known here makes it fail.</summary>
    public static Listing? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var member in root.EnumerateObject())
        {
            if (member.Name is not ("address" or "type" or "geo" or "display_node_ip" or "version" or "local_ips" or "info"))
            {
                return null;
            }
        }

        if (!root.TryText("address"u8, out var address) || !ServiceDiscoveryClient.TryReadAddress(address, out var key, out var port)
            || !root.TryText("type"u8, out var typeText) || KnownType(typeText) is not { } type
            || !root.TryText("version"u8, out var version) || version.Length > MaxTextLength
            || !TryReadGeo(root, out var geo))
        {
            return null;
        }

        List<string>? addresses = [];
        if (root.TryMember("local_ips"u8, out var list) && ((addresses = JsonInput.Texts(list, MaxLocalAddresses)) is null || addresses.Any(a => a.Length > MaxTextLength)))
        {
            return null;
        }

        var shown = false;
        if (root.TryMember("display_node_ip"u8, out var flag))
        {
            if (flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return null;
            }

            shown = flag.GetBoolean();
        }

        byte[]? info = null;
        if (root.TryMember("info"u8, out var part))
        {
            if (part.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            info = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(part).ToArray();
        }

        return new Listing(key, port, type) { Geo = geo, DisplayNodeIp = shown, Version = version, LocalIps = addresses, Info = info };
    }

    public byte[] Encode()
    {
        var json = new JsonText(escapeHtml: true).BeginObject().Name("address").Text(Address).Name("type").Text(Type);
        if (Geo is { } place)
        {
            json.Name("geo").BeginObject().Name("lat").Number(Math.Round(place.Latitude, 2)).Name("lon").Number(Math.Round(place.Longitude, 2))
                .Name("country").Text(place.Country).Name("region").Text(place.Region).EndObject();
        }

        if (DisplayNodeIp)
        {
            json.Name("display_node_ip").Flag(true);
        }

        if (Version.Length > 0)
        {
            json.Name("version").Text(Version);
        }

        if (LocalIps.Count > 0)
        {
            json.Name("local_ips").BeginArray();
            foreach (var address in LocalIps)
            {
                json.Text(address);
            }

            json.EndArray();
        }

        if (Info is not null)
        {
            json.Name("info").Raw(Info);
        }

        return json.EndObject().ToArray();
    }

    private static bool TryReadGeo(JsonElement root, out GeoPlace? place)
    {
        place = null;
        if (!root.TryMember("geo"u8, out var geo))
        {
            return true;
        }

        double latitude = 0, longitude = 0;
        if (!geo.TryText("country"u8, out var country) || !geo.TryText("region"u8, out var region) || country.Length > MaxTextLength || region.Length > MaxTextLength
            || (geo.TryMember("lat"u8, out var lat) && !(lat.ValueKind == JsonValueKind.Number && lat.TryGetDouble(out latitude)))
            || (geo.TryMember("lon"u8, out var lon) && !(lon.ValueKind == JsonValueKind.Number && lon.TryGetDouble(out longitude)))
            || !double.IsFinite(latitude) || !double.IsFinite(longitude))
        {
            return false;
        }

        place = new GeoPlace(latitude, longitude, country, region);
        return geo.ValueKind == JsonValueKind.Object;
    }
}
