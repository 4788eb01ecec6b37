// Counts of everything that happens on the air; names as in metrics and in the report, all there from the start.
namespace Skywire.Wifi.Running;

/// <summary>The wifi service's counters. One thread.</summary>
internal sealed class WifiCounters
{
    /// <summary>A radio got its first neighbour since the start.</summary>
    public const string Joins = "joins";

    /// <summary>A radio got a neighbour after it had lost all.</summary>
    public const string Rejoins = "rejoins";

    /// <summary>An interface went away, went down or came back as another.</summary>
    public const string InterfaceLosses = "interface_losses";

    /// <summary>wpa_supplicant was started again after a failure.</summary>
    public const string SupplicantRestarts = "supplicant_restarts";

    /// <summary>wpa_supplicant ended, hung or brought nothing up.</summary>
    public const string SupplicantFaults = "supplicant_faults";

    /// <summary>Peers let in.</summary>
    public const string PeersJoined = "peers_joined";

    /// <summary>Peers that went.</summary>
    public const string PeersLeft = "peers_left";

    /// <summary>Peers refused, for want of the passphrase most often.</summary>
    public const string PeersRefused = "peers_refused";

    /// <summary>The kernel refused something.</summary>
    public const string KernelRefusals = "kernel_refusals";

    /// <summary>Scans begun.</summary>
    public const string Scans = "scans";

    /// <summary>Scans that brought nothing.</summary>
    public const string ScanFailures = "scan_failures";

    /// <summary>Moves to the channel on which the mesh was heard.</summary>
    public const string ChannelMoves = "channel_moves";

    /// <summary>Changes of a tree's root, seen from here.</summary>
    public const string RootChanges = "root_changes";

    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>All at 0.</summary>
    public WifiCounters()
    {
        foreach (var name in (string[])[Joins, Rejoins, InterfaceLosses, SupplicantRestarts, SupplicantFaults, PeersJoined, PeersLeft, PeersRefused, KernelRefusals, Scans, ScanFailures, ChannelMoves, RootChanges])
        {
            _counts[name] = 0;
        }
    }

    /// <summary>How it stands.</summary>
    public long this[string name] => _counts[name];

    /// <summary>One more.</summary>
    public void Add(string name) => _counts[name]++;

    /// <summary>All counts now.</summary>
    public IReadOnlyDictionary<string, long> All() => new SortedDictionary<string, long>(_counts, StringComparer.Ordinal);
}
