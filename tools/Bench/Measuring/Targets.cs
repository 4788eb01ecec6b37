// Targets are data: what is asked of which operation against which peer, and whether a reading meets it.
namespace Skywire.Bench.Measuring;

/// <summary>How a reading stands to its target.</summary>
internal enum Verdict
{
    /// <summary>The ambition is met too.</summary>
    Ambition,

    /// <summary>At or below the must.</summary>
    Met,

    /// <summary>Above the must, within the slack that a noisy machine is given.</summary>
    Close,

    /// <summary>Above the must and the slack.</summary>
    Missed,
}

/// <summary>A time ratio, ours / peer, that must not be exceeded; lower is better.</summary>
/// <param name="Group">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="Peer">The contender compared with.</param>
/// <param name="Must">The ratio the gate judges.</param>
/// <param name="Ambition">The ratio hoped for; null where none is set.</param>
/// <param name="IsGated">False: shown, but no run fails for it.</param>
internal sealed record Target(string Group, string Column, string Peer, double Must, double? Ambition, bool IsGated = true)
{
    /// <summary>What the gate lets pass above <see cref="Must"/>.</summary>
    public const double Slack = 0.15;

    /// <summary>Judges a measured ratio.</summary>
    public Verdict Judge(double ratio)
    {
        if (ratio <= Ambition)
        {
            return Verdict.Ambition;
        }

        return ratio <= Must ? Verdict.Met : ratio <= Must * (1 + Slack) ? Verdict.Close : Verdict.Missed;
    }
}

/// <summary>A target with its reading.</summary>
internal sealed record Judged(Target Target, double Ratio)
{
    /// <summary>The outcome.</summary>
    public Verdict Verdict => Target.Judge(Ratio);
}

/// <summary>Puts targets and readings together.</summary>
internal static class Gate
{
    /// <summary>Every target whose subject and peer were measured.</summary>
    public static IReadOnlyList<Judged> Judge(IReadOnlyList<Target> targets, IReadOnlyList<Measured> measured)
        => [.. from target in targets
               from m in measured
               where m.Subject.Group == target.Group && m.Subject.Column == target.Column
               let reading = m.Of(target.Peer)
               where reading is not null
               select new Judged(target, reading.Ratio)];

    /// <summary>The subjects that missed a must by more than the slack: measured once more before anyone is told off.</summary>
    public static IReadOnlyList<string> Missed(IReadOnlyList<Judged> judged)
        => [.. judged.Where(j => j.Verdict == Verdict.Missed && j.Target.IsGated).Select(j => $"{j.Target.Group} {j.Target.Column}").Distinct()];

    /// <summary>The readings of the second run in place of the first's, where there are any.</summary>
    public static IReadOnlyList<Measured> Replace(IReadOnlyList<Measured> first, IReadOnlyList<Measured> second)
        => [.. first.Select(m => second.FirstOrDefault(s => s.Subject.Name == m.Subject.Name) ?? m)];
}
