// What addresses this machine has, and which of them the network at large can reach (spec 10 §7).
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Skywire.Transport.Net;

/// <summary>The machine's own addresses.</summary>
public static class LocalAddresses
{
    /// <summary>Addresses of all interfaces that are up, loopback and link-local left out; public ones first.</summary>
    public static IReadOnlyList<string> Read()
    {
        var found = new List<IPAddress>();
        foreach (var nic in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (nic.OperationalStatus is OperationalStatus.Down or OperationalStatus.NotPresent)
            {
                continue;
            }

            found.AddRange(nic.GetIPProperties().UnicastAddresses.Select(a => a.Address).Where(a => !IPAddress.IsLoopback(a) && !IsLinkLocal(a)));
        }

        return [.. found.Distinct().OrderBy(a => IsPublic(a) ? 0 : 1).ThenBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).Select(a => a.ToString())];
    }

    /// <summary>The protocol's meaning of public: not loopback, link-local, 10/8, 172.16/12 or 192.168/16; for IPv6 also not unique-local.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (IPAddress.IsLoopback(address) || IsLinkLocal(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            return false;
        }

        Span<byte> b = stackalloc byte[16];
        address.TryWriteBytes(b, out var n);
        return n == 4
            ? b[0] != 10 && !(b[0] == 172 && (b[1] & 0xF0) == 16) && !(b[0] == 192 && b[1] == 168)
            : (b[0] & 0xFE) != 0xFC;
    }

    private static bool IsLinkLocal(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal;
        }

        Span<byte> b = stackalloc byte[4];
        address.TryWriteBytes(b, out _);
        return b[0] == 169 && b[1] == 254;
    }
}
