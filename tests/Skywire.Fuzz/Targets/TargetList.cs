// Every target there is; a new parser gets one here.
using Skywire.Fuzz.Engine;

namespace Skywire.Fuzz.Targets;

internal static class TargetList
{
    /// <summary>All targets, in the order they run.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. NoiseTargets.All,
        .. WireTargets.All,
        .. DmsgTargets.All,
        .. TransportTargets.All,
        .. RoutingTargets.All,
        .. ServiceTargets.All,
        .. BoxTargets.All,
        .. VisorTargets.All,
        .. BoardTargets.All,
        .. WifiControlTargets.All,
        .. UpdateTargets.All,
        .. BoxUpdateTargets.All,
        .. NetlinkTargets.All,
        .. SetupTargets.All,
        .. RadioTargets.All,
    ];

    /// <summary>The parser a target exercises. Several targets may feed one parser at different depths; they share its time.</summary>
    public static string ParserOf(FuzzTarget target) => target.Name switch
    {
        "noise-message" or "noise-handshake-stream" => "noise",
        "noise-record" or "noise-stream" => "records",
        "gob" or "setup-gob" or "rpc-client" or "rpc-server" => "gob",
        "yamux-client" or "yamux-server" => "yamux",
        "transport-packets" or "router" => "packets",
        "routing-rule" => "rules",
        "settlement" or "transport-entry" or "link-frames" or "link-handshake" => "settlement",
        "service-requests" or "service-answers" => "http",
        "socks5" => "socks5",
        "box-beacons" => "beacons",
        "config" or "reference-config" => "config",
        "board-settings" or "board-settings-change" or "board-file" or "board-status" or "wifi-report" or "radio-record" => "board",
        "dbus-message" => "dbus",
        "netlink-datagram" => "netlink",
        "wpa-event" => "wpa",
        "update-feed" or "update-index" or "update-files" or "box-updates" => "update",
        "setup-page" => "setup",
        _ => "dmsg",
    };
}
