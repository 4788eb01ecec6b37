// A paper estimate for the boards' core, from instruction counts: what it rests on is written here and printed with it.
namespace Skywire.Bench.Counting;

/// <summary>Cortex-A53 at 1.2 GHz, in order, at most two instructions per cycle.</summary>
internal static class BoardEstimate
{
    /// <summary>Cycles per second.</summary>
    public const double Clock = 1.2e9;

    /// <summary>
    /// OpenSSL's own figures for this core, in cycles per byte of large buffers: ChaCha20 4.72 and Poly1305 1.47 by its vector code (heads of its
    /// chacha-armv8 and poly1305-armv8 modules). Divided into the instructions counted for the same code they give the rate the core reaches on it.
    /// </summary>
    public const double OpenSslCyclesPerByte = 4.72 + 1.47;

    /// <summary>
    /// That code is ordered by hand for such cores and compiled code is not: the careful estimate gives the firmware only this share of its rate.
    /// </summary>
    public const double CompiledShare = 0.6;

    /// <summary>Extra cycles of <c>UMULH</c> on this core, above the one per instruction assumed for curve code (OpenSSL's scalar Poly1305, 2.69 cycles per byte, needs 1.5).</summary>
    public const double MultiplyHighCycles = 4;

    /// <summary>What the vision asks of a board, in Mb/s.</summary>
    public const double VisionFrom = 200, VisionTo = 250;

    /// <summary>Instructions per cycle reached by OpenSSL's code, from its counted instructions per byte.</summary>
    public static double OpenSslRate(double instructionsPerByte) => instructionsPerByte / OpenSslCyclesPerByte;

    /// <summary>Mb/s of one core for a message of so many bytes at a rate, but never more than one AdvSimd instruction per cycle, which is what the core can issue of 128 bits.</summary>
    public static double Megabits(InstructionCounts counts, int bytes, double instructionsPerCycle) => Clock * bytes * 8 / Math.Max(counts.Total / instructionsPerCycle, counts.Vector) / 1e6;

    /// <summary>Milliseconds of one core for a curve operation.</summary>
    public static double CurveMilliseconds(InstructionCounts counts) => (counts.Total + (MultiplyHighCycles * counts.MultiplyHigh)) / Clock * 1000;
}
