// This board's addresses as people type them: IPv4 first, link-local ones last, none of loopback.
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Skywire.Boards.Running;

/// <summary>Reads local addresses.</summary>
public static class LocalAddressList
{
    /// <summary>Addresses of interfaces that are up; IPv6 only where there is nothing to be typed more easily.</summary>
    public static IReadOnlyList<string> Read()
    {
        try
        {
            var all = NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses.Select(a => a.Address))
                .ToList();
            return Order(all);
        }
        catch (NetworkInformationException)
        {
            // An interface went away between listing and reading; the next look has it right.
            return [];
        }
    }

    /// <summary>Sorts and leaves out what nobody can use.</summary>
    internal static IReadOnlyList<string> Order(IEnumerable<IPAddress> addresses)
    {
        var list = addresses.Where(a => !IPAddress.IsLoopback(a)).ToList();
        var four = list.Where(a => a.AddressFamily == AddressFamily.InterNetwork).OrderBy(IsLinkLocal).ThenBy(a => a.ToString(), StringComparer.Ordinal);
        var six = list.Where(a => a.AddressFamily == AddressFamily.InterNetworkV6 && !a.IsIPv6LinkLocal).OrderBy(a => a.ToString(), StringComparer.Ordinal);
        return [.. four.Concat(six).Select(a => a.ToString())];
    }

    private static bool IsLinkLocal(IPAddress address) => address.GetAddressBytes() is [169, 254, ..];
}
