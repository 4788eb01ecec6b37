// All that a radio's life looks at before it decides: facts only, gathered by the runner.
using Skywire.Wifi.Control;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Life;

/// <summary>What is seen of one radio at one moment.</summary>
internal sealed record LifeSight
{
    /// <summary>The radio.</summary>
    public required RadioFacts Facts { get; init; }

    /// <summary>What it is for.</summary>
    public required RadioPlan Plan { get; init; }

    /// <summary>What the owner wants.</summary>
    public required WifiWishes Wishes { get; init; }

    /// <summary>The setup access point that it is to be; null outside of setup.</summary>
    public SupplicantNetwork? Setup { get; init; }

    /// <summary>State of the wpa_supplicant of an interface.</summary>
    public required Func<string, SupplicantState> Supplicant { get; init; }

    /// <summary>Stations by the kernel's number of the interface; an interface that did not answer is missing.</summary>
    public required IReadOnlyDictionary<int, IReadOnlyList<Station>> Stations { get; init; }

    /// <summary>Why an interface did not answer; "" when all did.</summary>
    public string Fault { get; init; } = "";

    /// <summary>What this radio heard in its last scan.</summary>
    public IReadOnlyList<HeardNetwork> Heard { get; init; } = [];

    /// <summary>Addresses of this board's own radios: their beacons are no news.</summary>
    public IReadOnlySet<string> Own { get; init; } = new HashSet<string>();
}
