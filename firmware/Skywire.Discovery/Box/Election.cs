// Which board serves: the lowest key among those seen, but a board that serves already is not put out by a late lower key. Pure: facts and a steady
// clock in, one decision out; nobody votes, all come to the same answer from the same beacons.
using Skywire.Crypto;

namespace Skywire.Discovery.Box;

/// <summary>What this board is to the box.</summary>
public enum BoxRole
{
    /// <summary>Just started: listens before it decides anything.</summary>
    Listening,

    /// <summary>No board serves yet; another one should.</summary>
    Waiting,

    /// <summary>Another board serves.</summary>
    Following,

    /// <summary>Chosen; its services are starting.</summary>
    Starting,

    /// <summary>Serves.</summary>
    Serving,
}

/// <summary>Another member, as far as the election cares.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Duty">What it said it does.</param>
/// <param name="Term">Its claim.</param>
/// <param name="Served">How long it has served by now.</param>
/// <param name="Insists">It has seen another serving board and stays.</param>
/// <param name="CanServe">False: it cannot or shall not.</param>
/// <param name="Silence">Since it was heard.</param>
internal sealed record Rival(PubKey Key, BoxDuty Duty, ulong Term, TimeSpan Served, bool Insists, bool CanServe, TimeSpan Silence);

/// <summary>The state of one board's part in the election. Not thread-safe.</summary>
internal sealed class Election(BoxOptions options, PubKey self)
{
    private readonly Dictionary<PubKey, TimeSpan> _passedOver = [];
    private TimeSpan? _cannotUntil;
    private TimeSpan _roleSince;
    private TimeSpan? _conflictSince;
    private (PubKey Key, TimeSpan Since)? _awaited;
    private bool _started;

    /// <summary>What this board is now.</summary>
    public BoxRole Role { get; private set; } = BoxRole.Listening;

    /// <summary>The board followed; null when none is, or this one serves.</summary>
    public PubKey? Followed { get; private set; }

    /// <summary>The highest claim seen or made.</summary>
    public ulong Term { get; private set; }

    /// <summary>This board serves, has seen another one and stays.</summary>
    public bool Insists { get; private set; }

    /// <summary>Since when it is what it is.</summary>
    public TimeSpan RoleSince => _roleSince;

    /// <summary>False: it cannot or shall not serve now.</summary>
    public bool CanServe(TimeSpan now) => options.MayServe && !(now < _cannotUntil);

    /// <summary>How long it has served.</summary>
    public TimeSpan Served(TimeSpan now) => Role == BoxRole.Serving ? now - _roleSince : TimeSpan.Zero;

    /// <summary>The services run.</summary>
    public void Started(TimeSpan now)
    {
        if (Role == BoxRole.Starting)
        {
            Enter(BoxRole.Serving, now);
        }
    }

    /// <summary>The services could not be started, or ended by themselves: another board has to.</summary>
    public void Failed(TimeSpan now)
    {
        _cannotUntil = now + options.PassOver;
        if (Role is BoxRole.Starting or BoxRole.Serving)
        {
            Enter(BoxRole.Waiting, now);
        }
    }

    /// <summary>Decides anew. <paramref name="rivals"/> in the order of their keys.</summary>
    public void Step(IReadOnlyList<Rival> rivals, TimeSpan now)
    {
        if (!_started)
        {
            _started = true;
            _roleSince = now;
        }

        Term = rivals.Aggregate(Term, (highest, r) => Math.Max(highest, r.Term));
        var serving = rivals.Where(r => r.Duty == BoxDuty.Serving && r.Silence <= options.ServingLost).ToList();
        foreach (var rival in rivals.Where(r => r.Duty != BoxDuty.None))
        {
            _passedOver.Remove(rival.Key);
        }

        switch (Role)
        {
            case BoxRole.Serving:
                Defend(serving, now);
                break;
            case BoxRole.Starting when serving.Count > 0:
                Follow(serving, now);
                break;
            case BoxRole.Starting when rivals.Any(r => r.Duty == BoxDuty.Starting && r.Key < self && r.Silence <= options.ServingLost):
                Enter(BoxRole.Waiting, now);
                break;
            case BoxRole.Starting:
                break;
            default:
                Choose(rivals, serving, now);
                break;
        }
    }

    // Of several serving boards exactly one stays. The lower key of two decides for both, so that two readings of almost the same age cannot contradict each other: it stays and says
    // so, unless the other has served longer.
    private void Defend(List<Rival> serving, TimeSpan now)
    {
        if (serving.Count == 0)
        {
            (Insists, _conflictSince) = (false, null);
            return;
        }

        _conflictSince ??= now;
        var served = Served(now);
        var isOlder = serving.Any(r => r.Key > self && r.Served > served + options.SameAge);
        var deaf = now - _conflictSince > options.DeafLimit;
        if (isOlder || serving.Any(r => r.Key < self && (r.Insists || deaf)))
        {
            Follow(serving, now);
            return;
        }

        Insists = true;
    }

    private void Choose(IReadOnlyList<Rival> rivals, List<Rival> serving, TimeSpan now)
    {
        if (serving.Count > 0)
        {
            Follow(serving, now);
            return;
        }

        if (Role == BoxRole.Listening && now - _roleSince < options.Listen)
        {
            return;
        }

        if (Role != BoxRole.Waiting)
        {
            Enter(BoxRole.Waiting, now);
        }

        // A member that starts needs its time; one that says nothing meanwhile does not get it.
        if (rivals.Any(r => r.Duty == BoxDuty.Starting && r.Silence <= options.ServingLost && now - _roleSince < options.StartLimit))
        {
            return;
        }

        var chosen = rivals.Where(r => r.CanServe && r.Duty != BoxDuty.Serving && !IsPassedOver(r.Key, now)).Select(r => (PubKey?)r.Key).FirstOrDefault();
        if (CanServe(now) && (chosen is null || self < chosen))
        {
            Term++;
            Enter(BoxRole.Starting, now);
            return;
        }

        if (chosen is not { } expected)
        {
            return;
        }

        if (_awaited?.Key != expected)
        {
            _awaited = (expected, now);
        }
        else if (now - _awaited.Value.Since > options.Patience)
        {
            _passedOver[expected] = now + options.PassOver;
            _awaited = null;
        }
    }

    // The one followed is kept while it serves: followers going to and fro would cost more than any choice gains.
    private void Follow(List<Rival> serving, TimeSpan now)
    {
        var followed = Role == BoxRole.Following && serving.Any(r => r.Key == Followed)
            ? Followed
            : serving.OrderByDescending(r => r.Insists).ThenByDescending(r => r.Served).ThenBy(r => r.Key).First().Key;
        if (Role != BoxRole.Following)
        {
            Enter(BoxRole.Following, now);
        }

        Followed = followed;
    }

    private bool IsPassedOver(PubKey key, TimeSpan now) => _passedOver.TryGetValue(key, out var until) && now < until;

    private void Enter(BoxRole role, TimeSpan now)
    {
        Role = role;
        Followed = null;
        Insists = false;
        _conflictSince = null;
        _awaited = null;
        _roleSince = now;
    }
}
