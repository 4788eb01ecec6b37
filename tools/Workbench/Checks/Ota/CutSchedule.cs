// When the power is cut: moments drawn from a printed seed, so that a run can be repeated. Pure.
namespace Skywire.Workbench.Checks.Ota;

/// <summary>What the board is doing when its power goes.</summary>
internal enum CutPhase
{
    /// <summary>The bundle comes over the network.</summary>
    Download,

    /// <summary>RAUC writes the other slot.</summary>
    Install,

    /// <summary>A write of the slot state: RAUC's, U-Boot's or the trial's.</summary>
    SlotState,

    /// <summary>The new slot's first start, until its trial is over.</summary>
    FirstBoot,
}

/// <summary>What a cut does to the slot state's copy that was written last.</summary>
internal enum CutTear
{
    /// <summary>Nothing: the write was over, or had not begun.</summary>
    None,

    /// <summary>The first copy is half written.</summary>
    First,

    /// <summary>The second copy is half written.</summary>
    Second,
}

/// <summary>One cut. <paramref name="Fraction"/> of the phase's length; <paramref name="Write"/> is the write of the slot state that is waited for, as a fraction of all of them.</summary>
internal sealed record PowerCut(int Number, CutPhase Phase, double Fraction, double Write, CutTear Tear);

/// <summary>Draws cuts.</summary>
internal static class CutSchedule
{
    // Of a hundred. The slot state is two blocks of 4 KiB and written within milliseconds: by time alone it would never be hit.
    private static readonly (CutPhase Phase, int Share)[] Shares = [(CutPhase.Download, 16), (CutPhase.Install, 32), (CutPhase.SlotState, 32), (CutPhase.FirstBoot, 20)];

    /// <summary>The cuts of a seed; the phases take turns, so that a short run sees all of them.</summary>
    public static IReadOnlyList<PowerCut> Draw(ulong seed, int count)
    {
        var taken = new int[Shares.Length];
        var cuts = new List<PowerCut>(count);
        for (var i = 0; i < count; i++)
        {
            // The phase that is furthest behind its share.
            var next = Enumerable.Range(0, Shares.Length).MaxBy(p => ((i + 1.0) * Shares[p].Share / 100) - taken[p]);
            taken[next]++;
            // Each cut has a seed of its own: a longer run repeats the shorter one and goes on.
            var random = new SeededDraw(seed + (ulong)i);
            var fraction = random.Fraction();
            var write = random.Fraction();
            var tear = Shares[next].Phase == CutPhase.SlotState ? (CutTear)(int)(random.Fraction() * 3) : CutTear.None;
            cuts.Add(new PowerCut(i + 1, Shares[next].Phase, fraction, write, tear));
        }

        return cuts;
    }
}
