// The guest's half of counting instructions under emulation: marks that the plugin (instruction-counter.c) answers with counts in a file.
using System.Globalization;
using System.Runtime.InteropServices;

namespace Skywire.Bench.Counting;

/// <summary>Instructions per operation: all, and those of three kinds.</summary>
/// <param name="Total">All.</param>
/// <param name="Vector">AdvSimd and floating point, loads and stores not among them.</param>
/// <param name="MultiplyHigh">The high half of 64 x 64 bits (<c>UMULH</c>).</param>
/// <param name="Memory">Loads and stores.</param>
internal sealed record InstructionCounts(double Total, double Vector, double MultiplyHigh, double Memory)
{
    /// <summary>Of the difference of two marks.</summary>
    public static InstructionCounts operator -(InstructionCounts a, InstructionCounts b) => new(a.Total - b.Total, a.Vector - b.Vector, a.MultiplyHigh - b.MultiplyHigh, a.Memory - b.Memory);

    /// <summary>Per operation.</summary>
    public static InstructionCounts operator /(InstructionCounts a, double n) => new(a.Total / n, a.Vector / n, a.MultiplyHigh / n, a.Memory / n);
}

/// <summary>Counts what the calling thread runs. Works only under the emulator with the plugin.</summary>
internal sealed partial class InstructionCounter(string marksFile)
{
    private const int Mark = 0x5A17;

    // The runtime compiles once and for good (tiers are off), so two runs warm everything; random nonces and allocations vary some counts a little.
    private const int Readings = 5;

    private int _marks;

    /// <summary>Instructions per operation, the median of some readings: what 2n operations take more than n, so that the loop's and the mark's own cost cancel.</summary>
    /// <exception cref="InvalidOperationException">The plugin is not there.</exception>
    public InstructionCounts PerOperation(Action<int> run, int operations)
    {
        run(operations);
        run(2 * operations);
        return Enumerable.Range(0, Readings)
            .Select(_ => (Once(() => run(2 * operations)) - Once(() => run(operations))) / operations)
            .OrderBy(c => c.Total)
            .ElementAt(Readings / 2);
    }

    /// <summary>Instructions of one run of an action, marks included. Between the marks there is nothing but the action: an allocation there may bring a collection.</summary>
    /// <exception cref="InvalidOperationException">The plugin is not there.</exception>
    public InstructionCounts Once(Action action)
    {
        _ = GetPriority(Mark, _marks);
        action();
        _ = GetPriority(Mark, _marks + 1);
        var lines = File.ReadAllLines(marksFile);
        if (lines.Length != _marks + 2)
        {
            throw new InvalidOperationException("no marks arrive: this is not the emulator with its counting plugin");
        }

        _marks += 2;
        return Parse(lines[^1]) - Parse(lines[^2]);
    }

    private static InstructionCounts Parse(string line)
    {
        var fields = line.Split(' ').Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return new InstructionCounts(fields[1], fields[2], fields[3], fields[4]);
    }

    // Refused by the kernel in any case: the number of the mark is all that matters.
    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int who);
}
