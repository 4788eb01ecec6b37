// What boards of a box tell the one that hands out turns, and what it answers. Carried by the visor over HTTP, authenticated by the box's secret.
namespace Skywire.Update.Box;

/// <summary>What a board is about.</summary>
public enum RolloutState
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>Fetches the target; it may be silent meanwhile.</summary>
    Downloading,

    /// <summary>Has it, and asks for the turn.</summary>
    Wanting,

    /// <summary>Writes it or restarts.</summary>
    Updating,

    /// <summary>Runs it, on trial.</summary>
    OnTrial,

    /// <summary>Could not install it, or had to take it back.</summary>
    Failed,
}

/// <summary>A board's report.</summary>
/// <param name="Board">Its name in the box: the public key.</param>
/// <param name="Version">What it runs.</param>
/// <param name="State">What it is about.</param>
/// <param name="Target">The version the state is about; "" when idle.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Order">The order a failure belongs to: a later one tries again. <see cref="Always"/> for a version that was taken back, which only a person at that board tries again.</param>
/// <param name="Seen">What it last heard of the roll-out: a new serving board learns from it what its predecessor knew.</param>
public sealed record RolloutReport(string Board, string Version, RolloutState State, string Target, string Reason, int Order, RolloutView? Seen)
{
    /// <summary>Counts for every order.</summary>
    public const int Always = int.MaxValue;

    /// <summary>False for a report that no board of ours makes: it came from a peer, whose bytes say anything.</summary>
    public bool IsSound => Board is { Length: > 0 } && Version is not null && Enum.IsDefined(State) && Target is not null && Reason is not null && Seen is null or { IsSound: true };
}

/// <summary>The roll-out as the coordinator sees it. Durations, not times of day: boards' clocks differ.</summary>
/// <param name="By">Which coordinator says so; another one at each takeover.</param>
/// <param name="Target">The version rolled out; "" for none.</param>
/// <param name="Order">Number of the order when a person ordered it for the whole box: boards that do not update by themselves take part, and try again at each new order. 0 for none.</param>
/// <param name="Holder">The board that has the turn; "" for none.</param>
/// <param name="HolderTarget">The version it installs.</param>
/// <param name="HeldFor">How long it has it.</param>
/// <param name="Stopped">Why the roll-out was stopped; "" while it goes on.</param>
public sealed record RolloutView(string By, string Target, int Order, string Holder, string HolderTarget, TimeSpan HeldFor, string Stopped)
{
    // A person's orders are counted one by one, and a turn ends after minutes: more than any box comes to.
    private const int MaxOrder = 1_000_000;
    private static readonly TimeSpan MaxHeld = TimeSpan.FromDays(1);

    /// <summary>False for a view that no coordinator of ours has: it came from a peer.</summary>
    public bool IsSound => By is not null && Target is not null && Order is >= 0 and <= MaxOrder && Holder is not null && HolderTarget is not null && HeldFor >= TimeSpan.Zero && HeldFor <= MaxHeld && Stopped is not null;
}

/// <summary>Answers to a board.</summary>
public enum RolloutVerdict
{
    /// <summary>Not now; ask again.</summary>
    Wait,

    /// <summary>It is this board's turn.</summary>
    Granted,

    /// <summary>Nobody goes on until a person says so.</summary>
    Stopped,
}

/// <summary>An answer.</summary>
public sealed record RolloutAnswer(RolloutVerdict Verdict, string Reason, RolloutView View)
{
    /// <summary>False for an answer that no coordinator of ours gives: it came from a peer.</summary>
    public bool IsSound => Enum.IsDefined(Verdict) && Reason is not null && View is { IsSound: true };
}

/// <summary>The way to the board that hands out turns. Throws <see cref="IOException"/> when it is not there.</summary>
public interface IRolloutTurn
{
    /// <summary>Name of this board in the box.</summary>
    string Board { get; }

    /// <summary>Reports and gets the answer.</summary>
    Task<RolloutAnswer> ReportAsync(RolloutReport report, CancellationToken cancellationToken);
}
