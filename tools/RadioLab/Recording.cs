// What the kernel says of this machine's radios, untouched: test data for the parsers from chips that are not here.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Kernel;

namespace Skywire.RadioLab;

/// <summary>Takes recordings.</summary>
internal static class Recording
{
    /// <summary>Payloads of every message: wiphy, interface, rules; then station, mpath and scan of each interface.</summary>
    public static IEnumerable<(string Kind, byte[] Payload)> Take()
    {
        using var connection = new NetlinkConnection(NetlinkSocket.Open(NetlinkSocket.Generic, TimeProvider.System));
        var family = GenericNetlink.Find(connection, Nl80211.FamilyName) ?? throw new IOException("this kernel has no radio (nl80211 is missing)");
        foreach (var message in connection.Dump(Nl80211Requests.Radios(family)))
        {
            yield return ("wiphy", message);
        }

        var interfaces = connection.Dump(Nl80211Requests.Interfaces(family));
        foreach (var message in interfaces)
        {
            yield return ("interface", message);
        }

        foreach (var message in connection.Dump(Nl80211Requests.Rules(family)))
        {
            yield return ("rules", message);
        }

        foreach (var message in interfaces)
        {
            if (!InterfaceReader.TryRead(message, out _, out var one))
            {
                continue;
            }

            foreach (var (kind, request) in new[] { ("station", Nl80211Requests.Stations(family, one.Index)), ("mpath", Nl80211Requests.Paths(family, one.Index)), ("scan", Nl80211Requests.Heard(family, one.Index)) })
            {
                foreach (var payload in Dump(connection, request))
                {
                    yield return (kind, payload);
                }
            }
        }
    }

    // Not every type has all of these; an access point has no paths.
    private static IReadOnlyList<byte[]> Dump(NetlinkConnection connection, NetlinkWriter request)
    {
        try
        {
            return connection.Dump(request);
        }
        catch (NetlinkException)
        {
            return [];
        }
    }
}
