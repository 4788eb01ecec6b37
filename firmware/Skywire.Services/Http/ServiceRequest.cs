// One request as handlers see it: matched, and authenticated where the end point asks for it.
using System.Net;
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Services.Http;

/// <summary>A request on its way through a service.</summary>
internal sealed record ServiceRequest(HttpCall Call, HttpPeer Peer, IReadOnlyList<string> Captures, string QueryText)
{
    /// <summary>The authenticated key; null on end points without authentication.</summary>
    public PubKey Caller { get; init; }

    /// <summary>
    /// The caller's address: that of the TCP peer, or for a caller over dmsg what it says of itself in SW-PublicIP (spec 11 §1.2); null when neither is known.
    /// IPv4 written as IPv6 is given as IPv4.
    /// </summary>
    public IPAddress? Address
    {
        get
        {
            var address = Peer.Address;
            if (address is null && !IPAddress.TryParse(Call.Header("SW-PublicIP"), out address))
            {
                return null;
            }

            return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        }
    }

    /// <summary>The first query member of this name, decoded; null when absent.</summary>
    public string? Query(string name)
    {
        foreach (var pair in QueryText.Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? pair : pair[..equals];
            if (Decode(key) == name)
            {
                return equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            }
        }

        return null;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
