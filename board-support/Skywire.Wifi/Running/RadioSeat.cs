// What the runner keeps of one radio beside its life: the scan under way, what was heard, how signals went.
using Skywire.Wifi.Life;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Running;

/// <summary>One radio, present or gone.</summary>
internal sealed class RadioSeat(RadioLife life)
{
    /// <summary>Its life.</summary>
    public RadioLife Life => life;

    /// <summary>Signals of its neighbours.</summary>
    public SignalHistory Signals { get; } = new();

    /// <summary>The radio now; null while it is gone.</summary>
    public RadioFacts? Facts { get; set; }

    /// <summary>The radio as it was last seen.</summary>
    public required RadioFacts LastFacts { get; set; }

    /// <summary>Its plan.</summary>
    public RadioPlan? Plan { get; set; }

    /// <summary>What it heard in its last scan.</summary>
    public IReadOnlyList<HeardNetwork> Heard { get; set; } = [];

    /// <summary>When that was; null before the first scan.</summary>
    public DateTimeOffset? HeardAt { get; set; }

    /// <summary>Ends the scan under way; null when there is none.</summary>
    public CancellationTokenSource? Scanning { get; set; }

    /// <summary>When the radio went; only while it is gone.</summary>
    public long GoneAt { get; set; }

    /// <summary>Paths of the kernel's mesh.</summary>
    public IReadOnlyList<MeshPath> Paths { get; set; } = [];

    /// <summary>The interface that links boards; null for none.</summary>
    public RadioInterface? Face => Facts?.Interfaces.FirstOrDefault(f => f.Name == life.Interface);
}
