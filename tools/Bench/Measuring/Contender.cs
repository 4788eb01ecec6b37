// What is measured: one operation at one size, done by several implementations.
namespace Skywire.Bench.Measuring;

/// <summary>One implementation of one operation.</summary>
/// <param name="Name">The implementation, as it appears in tables and targets; <see cref="Ours"/> for the firmware's.</param>
/// <param name="Run">Does the operation so many times.</param>
/// <param name="Check">Does it once and says in what it differs from the firmware's answer; null when it does not.</param>
internal sealed record Contender(string Name, Action<int> Run, Func<string?> Check)
{
    /// <summary>The firmware's own.</summary>
    public const string Ours = "ours";
}

/// <summary>One operation at one size with everyone who can do it.</summary>
/// <param name="Group">The table it belongs to.</param>
/// <param name="Column">Its column there.</param>
/// <param name="Bytes">Message bytes per operation; 0 where a rate makes no sense.</param>
/// <param name="Slice">How long one contender runs before the next has its turn.</param>
/// <param name="Contenders">Who takes part; the first is the firmware's.</param>
internal sealed record Subject(string Group, string Column, int Bytes, TimeSpan Slice, IReadOnlyList<Contender> Contenders)
{
    /// <summary>Group and column: what <c>--only</c> looks at.</summary>
    public string Name => $"{Group} {Column}";
}

/// <summary>What one contender took.</summary>
/// <param name="Contender">Its name.</param>
/// <param name="Nanoseconds">Median over the rounds, per operation.</param>
/// <param name="Ratio">Median over the rounds of the firmware's time divided by this contender's; 1 for the firmware itself.</param>
internal sealed record Reading(string Contender, double Nanoseconds, double Ratio);

/// <summary>All readings of one subject.</summary>
internal sealed record Measured(Subject Subject, IReadOnlyList<Reading> Readings)
{
    /// <summary>The reading of one contender; null when it did not take part.</summary>
    public Reading? Of(string contender) => Readings.FirstOrDefault(r => r.Contender == contender);
}
