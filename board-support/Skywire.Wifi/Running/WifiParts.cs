// What the wifi service works with: on a board nl80211 and systemd, in tests a simulated air.
using Skywire.Wifi.Control;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Running;

/// <summary>Parts of the wifi service.</summary>
public sealed record WifiParts
{
    /// <summary>The kernel's radios.</summary>
    public required IRadioKernel Kernel { get; init; }

    /// <summary>The wpa_supplicants.</summary>
    public required ISupplicants Supplicants { get; init; }

    /// <summary>What the owner wants now; asked every round. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it cannot be read: then what was wanted before holds.</summary>
    public required Func<WifiWishes> Wishes { get; init; }

    /// <summary>Takes the report: when something changed (at most once a second) and every 10 s.</summary>
    public required Action<WifiReport> Publish { get; init; }

    /// <summary>A number from 0 to below 1.</summary>
    public required Func<double> Random { get; init; }

    /// <summary>What the setup access point wants; asked every round. Null when there is no setup.</summary>
    public Func<SetupClaim?> Setup { get; init; } = static () => null;
}
