// Units of a node. Pure: the image's own unit in, the node's out, so that what is tested is what a board runs.
using System.Text;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Makes a node's two units.</summary>
internal static class NodeUnits
{
    /// <summary>Name of the wifi service's unit in the image.</summary>
    public const string Service = "skyminer-wifi.service";

    /// <summary>Name of the wpa_supplicants' template in the image.</summary>
    public const string Supplicant = "skyminer-wpa@.service";

    /// <summary>The node's wifi service: the image's with other names, in the node's namespace, started with <paramref name="program"/>.</summary>
    public static string ServiceOf(WifiNode node, string text, string program) => In(node, Renamed(node, text), $"""
        ExecStart=
        ExecStart={program} wifi run --no-setup --settings {node.Settings} --run {node.RunFolder} --supplicant-unit {node.Supplicant}
        ReadOnlyPaths={WifiNode.CheckFolder}
        """);

    /// <summary>The node's template of wpa_supplicants.</summary>
    public static string SupplicantOf(WifiNode node, string text) => In(node, Renamed(node, text), "");

    // Every name of the board's one service becomes the node's: run folder, template, units it names.
    private static string Renamed(WifiNode node, string text) => text
        .Replace("skyminer-wifi", node.Service, StringComparison.Ordinal)
        .Replace("skyminer-wpa", node.Supplicant, StringComparison.Ordinal);

    // A second section [Service] adds to the first one; what it sets wins.
    private static string In(WifiNode node, string text, string more) => new StringBuilder(text.TrimEnd()).Append('\n').Append("\n[Service]\nNetworkNamespacePath=/run/netns/").Append(node.Namespace).Append('\n').Append(more).Append(more.Length > 0 ? "\n" : "").ToString();
}
