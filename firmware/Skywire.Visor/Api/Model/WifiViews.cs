// The air as the local API and the commands show it: the wifi service's report, whose names are stable, and whether that service runs.
using Skywire.Wifi.Running;

namespace Skywire.Visor.Api.Model;

/// <summary>The wifi service's report (see <see cref="WifiReport"/> for its parts) and whether it is of now.</summary>
internal sealed record WifiView
{
    /// <summary>False: the report is the last word of a service that does not run any more.</summary>
    public required bool IsRunning { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>no_radio, off, searching, weak, joined or setup.</summary>
    public required string State { get; init; }

    public required string Reason { get; init; }

    public required string Country { get; init; }

    public required string MeshName { get; init; }

    public required IReadOnlyList<RadioReport> Radios { get; init; }

    public required IReadOnlyList<HeardReport> Heard { get; init; }

    public required DateTimeOffset? HeardAt { get; init; }

    public required SetupReport? Setup { get; init; }

    public required IReadOnlyDictionary<string, long> Counters { get; init; }

    /// <summary>The view of a report.</summary>
    public static WifiView Of(WifiReport report, bool isRunning) => new()
    {
        IsRunning = isRunning,
        At = report.At,
        State = report.State,
        Reason = report.Reason,
        Country = report.Country,
        MeshName = report.MeshName,
        Radios = report.Radios,
        Heard = report.Heard,
        HeardAt = report.HeardAt,
        Setup = report.Setup,
        Counters = report.Counters,
    };
}

/// <summary>The air in the status: enough to know whether to ask for more.</summary>
internal sealed record WifiBriefView(bool IsRunning, string State, string Reason, string MeshName, int Neighbours)
{
    /// <summary>The short form of a view.</summary>
    public static WifiBriefView Of(WifiView wifi) => new(wifi.IsRunning, wifi.State, wifi.Reason, wifi.MeshName, wifi.Radios.Sum(r => r.Neighbours.Count));
}

/// <summary>Neighbours and paths of one radio.</summary>
internal sealed record WifiNeighboursView(string Radio, string Interface, string Mode, string State, IReadOnlyList<NeighbourReport> Neighbours, IReadOnlyList<PathReport> Paths);

/// <summary>What one radio is for. Channel and frequency (MHz) 0: none, or that of the access point it finds.</summary>
internal sealed record WifiPlanView(string Radio, string Driver, IReadOnlyList<string> Types, string Role, string Mode, int Channel, int Frequency, string Reason);
