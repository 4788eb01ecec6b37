// Timing and limits of a box, each with its reason. All members should agree on them; none breaks when they do not.
namespace Skywire.Discovery.Box;

/// <summary>Settings of a <see cref="BoxNode"/>.</summary>
public sealed record BoxOptions
{
    /// <summary>The defaults.</summary>
    public static BoxOptions Default { get; } = new();

    /// <summary>Listening before the first decision: boards that are switched on together come up within about this time of one another, and a serving one is heard twice.</summary>
    public TimeSpan Listen { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>Between beacons while something is being settled.</summary>
    public TimeSpan FastInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Between beacons of the serving board: its silence is what a takeover starts with.</summary>
    public TimeSpan ServingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between beacons of the others once all is quiet: each costs every board a signature check.</summary>
    public TimeSpan QuietInterval { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long after a change beacons stay fast.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Silence of the serving board after which it is asked directly: multicast on a radio is sent once and unprotected, an answer to a question is repeated until it arrives.</summary>
    public TimeSpan ServingDoubt { get; init; } = TimeSpan.FromSeconds(2.3);

    /// <summary>Silence after which the serving board counts as dead: three beacons and two questions unanswered.</summary>
    public TimeSpan ServingLost { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Silence after which another member is asked directly: two beacons missed.</summary>
    public TimeSpan MemberDoubt { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>Silence after which another member counts as gone.</summary>
    public TimeSpan MemberLost { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the lowest member may take to start serving before the next one is looked at.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest start of services that is waited for: a board in emulation takes some seconds.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a member that did not serve when it should is passed over, and how long a board whose services failed does not try again.</summary>
    public TimeSpan PassOver { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Two boards that serve and differ by less than this started together; the lower key then stays, else the one that has served longer.</summary>
    public TimeSpan SameAge { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A lower key that goes on serving for this long beside another one does not hear it; the other then gives way.</summary>
    public TimeSpan DeafLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most members.</summary>
    public int MaxMembers { get; init; } = 256;

    /// <summary>Most starts of members that are being asked to show that they are there.</summary>
    public int MaxPending { get; init; } = 64;

    /// <summary>How long such a question stays open.</summary>
    public TimeSpan PendingLife { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Shortest time between two questions about the same start.</summary>
    public TimeSpan AskInterval { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Answers and questions a second, and as many at once: a recording played in a loop must not make this board talk.</summary>
    public int RepliesPerSecond { get; init; } = 64;

    /// <summary>False: never serves, whatever its key.</summary>
    public bool MayServe { get; init; } = true;

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting out of range.</summary>
    public void Validate()
    {
        Require(Listen > TimeSpan.Zero, nameof(Listen));
        Require(FastInterval > TimeSpan.Zero && FastInterval <= ServingInterval, nameof(FastInterval));
        Require(ServingInterval <= QuietInterval, nameof(ServingInterval));
        Require(ServingInterval * 2 <= ServingDoubt && ServingDoubt < ServingLost, nameof(ServingDoubt));
        Require(QuietInterval * 2 <= MemberDoubt && MemberDoubt < MemberLost && ServingLost <= MemberLost, nameof(MemberLost));
        Require(Patience > FastInterval, nameof(Patience));
        Require(MaxMembers > 1, nameof(MaxMembers));
        Require(MaxPending > 0, nameof(MaxPending));
        Require(RepliesPerSecond > 0, nameof(RepliesPerSecond));
    }

    private static void Require(bool condition, string name)
    {
        if (!condition)
        {
            throw new ArgumentException($"box setting {name} is out of range", name);
        }
    }
}
