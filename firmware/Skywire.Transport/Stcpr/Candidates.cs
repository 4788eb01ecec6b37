// Where to try a peer, in order, from what the address resolver says (spec 10 §7).
using System.Net;
using Skywire.Discovery;
using Skywire.Transport.Net;

namespace Skywire.Transport.Stcpr;

internal static class Candidates
{
    /// <summary>Most addresses tried for one dial: a peer may list what it likes, and each costs a connection.</summary>
    internal const int Most = 8;

    /// <summary>
    /// Local answer: every listed address with the announced port, then the remote one. Otherwise the remote address, then listed public ones (a peer with
    /// several). Entries that are no address are left out; empty when nothing is left.
    /// </summary>
    internal static IReadOnlyList<string> Of(ResolvedAddress resolved)
    {
        var found = new List<string>();
        var listed = resolved.Addresses.Select(a => WithPort(a, resolved.Port)).OfType<IPEndPoint>().ToList();
        var remote = WithPort(resolved.RemoteAddress, resolved.Port);
        if (resolved.IsLocal)
        {
            found.AddRange(listed.Where(e => !IPAddress.IsLoopback(e.Address)).Select(e => e.ToString()));
        }

        if (remote is not null)
        {
            found.Add(remote.ToString());
        }

        if (!resolved.IsLocal)
        {
            found.AddRange(listed.Where(e => LocalAddresses.IsPublic(e.Address)).Select(e => e.ToString()));
        }

        return [.. found.Distinct().Take(Most)];
    }

    private static IPEndPoint? WithPort(string address, string port)
    {
        if (IPAddress.TryParse(address, out var ip))
        {
            return ushort.TryParse(port, out var p) && p != 0 ? new IPEndPoint(ip, p) : null;
        }

        return IPEndPoint.TryParse(address, out var endPoint) && endPoint.Port != 0 ? endPoint : null;
    }
}
