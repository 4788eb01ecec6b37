// What befalls the radios, and when: drawn from a printed seed, so that a run can be repeated. Pure.
using System.Globalization;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Something that befalls a radio and what drives it.</summary>
internal enum RadioFault
{
    /// <summary>The interface is switched off by another program.</summary>
    LinkDown,

    /// <summary>The driver resets, or the stick is pulled and put back: the radio comes again with another number.</summary>
    Replug,

    /// <summary>wpa_supplicant gets SIGKILL.</summary>
    SupplicantKilled,

    /// <summary>The wifi service gets SIGKILL.</summary>
    ServiceKilled,

    /// <summary>Nobody is heard for a while.</summary>
    PeersLost,

    /// <summary>The radio is switched off by its switch, and on again.</summary>
    Rfkill,
}

/// <summary>One fault. <paramref name="Seconds"/>: how long it lasts, where it can last; <paramref name="Pause"/>: seconds until the next.</summary>
internal readonly record struct TimedFault(RadioFault Fault, int Seconds, int Pause)
{
    /// <summary>As <c>ground.sh faults</c> takes it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Word}:{Seconds}:{Pause}");

    private string Word => Fault switch
    {
        RadioFault.LinkDown => "link-down",
        RadioFault.Replug => "replug",
        RadioFault.SupplicantKilled => "supplicant-killed",
        RadioFault.ServiceKilled => "service-killed",
        RadioFault.PeersLost => "peers-lost",
        RadioFault.Rfkill => "rfkill",
        _ => throw new ArgumentOutOfRangeException(nameof(Fault), Fault, "no such fault"),
    };
}

/// <summary>Draws sequences of faults.</summary>
internal static class FaultSchedule
{
    private const int MostFaults = 3;
    private const int MostSeconds = 8;
    private const int MostPause = 6;

    /// <summary>The sequences of a seed, one to three faults each; a longer run begins with the shorter one. Without <paramref name="hasRfkill"/> no radio is switched off.</summary>
    public static IReadOnlyList<IReadOnlyList<TimedFault>> Draw(ulong seed, int count, bool hasRfkill)
    {
        var kinds = Enum.GetValues<RadioFault>().Where(f => hasRfkill || f != RadioFault.Rfkill).ToArray();
        var sequences = new List<IReadOnlyList<TimedFault>>(count);
        for (var i = 0; i < count; i++)
        {
            var random = new SeededDraw(seed + (ulong)i);
            var faults = new TimedFault[random.Whole(1, MostFaults)];
            for (var n = 0; n < faults.Length; n++)
            {
                // The first faults of sequences take turns, so that a short run sees every kind.
                var kind = n == 0 ? kinds[(int)((seed + (ulong)i) % (ulong)kinds.Length)] : kinds[random.Whole(0, kinds.Length - 1)];
                faults[n] = new TimedFault(kind, random.Whole(1, MostSeconds), random.Whole(0, MostPause));
            }

            sequences.Add(faults);
        }

        return sequences;
    }

    /// <summary>Rounds in which every one of <paramref name="nodes"/> nodes gets a sequence at the same time; the last round may leave some in peace.</summary>
    public static IEnumerable<IReadOnlyList<IReadOnlyList<TimedFault>>> Rounds(IReadOnlyList<IReadOnlyList<TimedFault>> sequences, int nodes) => sequences.Chunk(nodes);
}
