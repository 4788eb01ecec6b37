// Lets one side use a secret while another may close it: whoever comes last cleans up.
namespace Skywire.Routing;

/// <summary>
/// One user at a time, and one close. <see cref="Close"/> while in use leaves the cleaning up to the user's <see cref="Leave"/>.
/// A mutable struct: keep it in a field.
/// </summary>
internal struct UseGate
{
    private const int Busy = 1;
    private const int Closed = 2;

    private int _state;

    /// <summary>Outcome of <see cref="TryEnter"/>.</summary>
    public enum Entry
    {
        /// <summary>Entered; leave it.</summary>
        Entered,

        /// <summary>Somebody else is inside.</summary>
        InUse,

        /// <summary>Closed for good.</summary>
        IsClosed,
    }

    /// <summary>Enters unless in use or closed.</summary>
    public Entry TryEnter()
    {
        var before = Interlocked.CompareExchange(ref _state, Busy, 0);
        return before == 0 ? Entry.Entered : (before & Closed) != 0 ? Entry.IsClosed : Entry.InUse;
    }

    /// <summary>Leaves; true when it was closed meanwhile and the caller has to clean up.</summary>
    public bool Leave() => (Interlocked.And(ref _state, ~Busy) & Closed) != 0;

    /// <summary>Closes; true when nobody is inside, so that the caller has to clean up. True at most once.</summary>
    public bool Close() => Interlocked.Or(ref _state, Closed) == 0;
}
