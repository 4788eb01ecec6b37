// What the services take for a public address (docs: reference behaviour, "Addresses").
using System.Net;
using System.Net.Sockets;

namespace Skywire.Services.Http;

/// <summary>Tells public addresses from private ones.</summary>
internal static class PublicAddress
{
    /// <summary>Public means only: IPv4, not loopback, link-local, 10/8, 172.16/12 or 192.168/16.</summary>
    public static bool IsPublic(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.AddressFamily == AddressFamily.InterNetwork && address.TryWriteBytes(bytes, out _) && !IPAddress.IsLoopback(address) && bytes[0] != 0 && !IsPrivate(bytes);
    }

    private static bool IsPrivate(ReadOnlySpan<byte> b) =>
        b[0] == 10 || (b[0] == 172 && (b[1] & 0xF0) == 16) || (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254);
}
