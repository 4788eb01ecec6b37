// Which counters of a member were seen: a datagram counts once, in whatever order two interfaces bring it.
namespace Skywire.Discovery.Box;

/// <summary>The highest counter and the 64 before it.</summary>
internal struct SequenceWindow
{
    private const int Width = 64;

    private ulong _highest;
    private ulong _seen;
    private bool _any;

    /// <summary>True when <paramref name="counter"/> is new and not too old to know.</summary>
    public readonly bool IsNew(ulong counter)
    {
        if (!_any || counter > _highest)
        {
            return true;
        }

        var age = _highest - counter;
        return age < Width && (_seen & (1UL << (int)age)) == 0;
    }

    /// <summary>Marks a counter that <see cref="IsNew"/>.</summary>
    public void Mark(ulong counter)
    {
        if (!_any || counter > _highest)
        {
            var step = _any ? counter - _highest : Width;
            _seen = (step >= Width ? 0 : _seen << (int)step) | 1;
            _highest = counter;
            _any = true;
        }
        else
        {
            _seen |= 1UL << (int)(_highest - counter);
        }
    }
}
