// Random numbers from a printed seed, so that a run can be repeated.
namespace Skywire.Workbench.Checks;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same on every machine and runtime. A mutable struct: pass it by reference.</summary>
internal struct SeededDraw(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 to below 1.</summary>
    public double Fraction()
    {
        _state += 0x9e3779b97f4a7c15;
        var z = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return ((z ^ (z >> 31)) >> 11) / (double)(1UL << 53);
    }

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, both among them.</summary>
    public int Whole(int least, int most) => least + (int)(Fraction() * (most - least + 1));
}
