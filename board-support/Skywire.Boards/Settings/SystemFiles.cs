// Texts of the system's own configuration files that follow from the settings. Pure.
namespace Skywire.Boards.Settings;

internal static class SystemFiles
{
    private const string Origin = "# Made at boot from skyminer.conf on the card; changes here are lost.\n";

    /// <summary>systemd-networkd: a fixed address on the board's wired interface.</summary>
    public static string Network(StaticNetwork network, IReadOnlyList<string> ethernet)
    {
        // Without a known name: any wired interface that is not made by software.
        var match = ethernet.Count > 0 ? $"Name={ethernet[0]}" : "Type=ether\nKind=!*";
        var gateway = network.Gateway.Length > 0 ? $"Gateway={network.Gateway}\n" : "";
        var dns = string.Concat(network.NameServers.Select(n => $"DNS={n}\n"));
        return $"{Origin}[Match]\n{match}\n\n[Network]\nAddress={network.Address}\n{gateway}{dns}LinkLocalAddressing=yes\nMulticastDNS=no\n";
    }

    /// <summary>systemd-timesyncd: own time servers first.</summary>
    public static string TimeServers(IReadOnlyList<string> servers) => $"{Origin}[Time]\nNTP={string.Join(' ', servers)}\n";

    /// <summary>systemd-networkd: address and leases of the network for people's devices.</summary>
    public static string ClientNetwork(string name)
    {
        // A list of patterns: what could mean more than itself stands for any one character.
        var pattern = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '-' or '_' ? c : '?'));
        return $"{Origin}[Match]\nWLANInterfaceType=ap\nSSID=\"{pattern}\"\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nAddress=10.78.0.1/24\nDHCPServer=yes\nLinkLocalAddressing=ipv6\nIPv6AcceptRA=no\nLLMNR=no\nMulticastDNS=no\n\n[DHCPServer]\nEmitDNS=no\nEmitNTP=no\nEmitRouter=no\nDefaultLeaseTimeSec=3600\n";
    }

    /// <summary>modprobe: the country for radios whose driver is loaded later.</summary>
    public static string WifiCountry(string country) => $"{Origin}options cfg80211 ieee80211_regdom={country}\n";

    /// <summary>ssh: who may log in.</summary>
    public static string AuthorizedKeys(IReadOnlyList<string> keys) => Origin + string.Concat(keys.Select(k => k + "\n"));
}
