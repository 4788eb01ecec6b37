// Which counters of a session were seen: records of different mux streams may overtake each other.
namespace Skywire.Noise;

/// <summary>A sliding window over record counters (spec 02 §4): 0, repeats and counters <see cref="Size"/> or more behind the highest are refused.</summary>
internal sealed class ReplayWindow
{
    /// <summary>Counters remembered; the value of the 2026 reference.</summary>
    public const int Size = 1024;

    private const int WordBits = 64;

    // Bit n % Size is counter n; bits outside (Highest - Size, Highest] are always clear.
    private readonly ulong[] _seen = new ulong[Size / WordBits];

    /// <summary>The highest counter accepted so far.</summary>
    public ulong Highest { get; private set; }

    /// <summary>True when the counter may still be accepted.</summary>
    public bool IsFresh(ulong counter)
    {
        if (counter == 0)
        {
            return false;
        }

        return counter > Highest || (Highest - counter < Size && (_seen[Word(counter)] & Bit(counter)) == 0);
    }

    /// <summary>Marks a fresh counter as seen.</summary>
    public void Accept(ulong counter)
    {
        if (counter > Highest)
        {
            if (counter - Highest >= Size)
            {
                Array.Clear(_seen);
            }
            else
            {
                for (var n = Highest + 1; n < counter; n++)
                {
                    _seen[Word(n)] &= ~Bit(n);
                }
            }

            Highest = counter;
        }

        _seen[Word(counter)] |= Bit(counter);
    }

    private static int Word(ulong counter) => (int)(counter % Size / WordBits);

    private static ulong Bit(ulong counter) => 1UL << (int)(counter % WordBits);
}
