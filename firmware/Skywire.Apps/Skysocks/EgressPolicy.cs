// Which addresses a proxy server connects to on behalf of strangers.
using System.Net;
using System.Net.Sockets;

namespace Skywire.Apps.Skysocks;

/// <summary>Allows or denies addresses.</summary>
public sealed class EgressPolicy
{
    private static readonly IPNetwork[] NotPublic =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("::/127"),
        IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("ff00::/8"),
    ];

    private readonly Func<IPAddress, bool> _allows;

    private EgressPolicy(Func<IPAddress, bool> allows)
    {
        _allows = allows;
    }

    /// <summary>Everything, as the reference.</summary>
    public static EgressPolicy AllowAll { get; } = new(static _ => true);

    /// <summary>Only public addresses: clients cannot reach the server's own machine or its local network.</summary>
    public static EgressPolicy PublicOnly { get; } = new(static address => !Array.Exists(NotPublic, network => network.Contains(address)));

    /// <summary>A rule of the operator's own. IPv4 in IPv6 form is given to it as IPv4.</summary>
    public static EgressPolicy Create(Func<IPAddress, bool> allows) => new(allows);

    /// <summary>True when the server may connect there.</summary>
    public bool Allows(IPAddress address) => _allows(address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
