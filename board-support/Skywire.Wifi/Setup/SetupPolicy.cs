// When the setup access point is offered and when not. Pure: facts in, phase and reason out, time from outside.
using Skywire.Wifi.Control;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Setup;

/// <summary>Where the setup access point stands; words as in the report: waiting, open, taken, closed.</summary>
public enum SetupPhase
{
    /// <summary>A cable may still come, or a radio.</summary>
    Waiting,

    /// <summary>Offered.</summary>
    Open,

    /// <summary>Somebody's answers are being put in force.</summary>
    Taken,

    /// <summary>Not offered any more until the next start.</summary>
    Closed,
}

/// <summary>What the policy looks at.</summary>
/// <param name="IsSet">The owner gave settings.</param>
/// <param name="HasWire">A wired interface has carrier.</param>
/// <param name="Radio">The radio that would offer it; null when none can.</param>
public sealed record SetupFacts(bool IsSet, bool HasWire, SetupRadio? Radio);

/// <summary>Decides. Not thread-safe. <paramref name="random"/> fills bytes for the code.</summary>
public sealed class SetupPolicy(TimeProvider time, FillRandom random)
{
    /// <summary>A switch with spanning tree lets a cable's carrier flap for half a minute after power comes back to both.</summary>
    public static readonly TimeSpan WireWait = TimeSpan.FromSeconds(40);

    /// <summary>Long enough to walk to the board and type; then the neighbourhood has had its time to try codes.</summary>
    public static readonly TimeSpan OpenTime = TimeSpan.FromMinutes(15);

    /// <summary>What applies the answers writes a card, which takes seconds on a slow one.</summary>
    public static readonly TimeSpan ApplyLimit = TimeSpan.FromSeconds(60);

    /// <summary>The page that says "done" has to reach the phone before the network under it goes.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private const string WaitReason = "the board has no settings: a cable may still come";
    private const string OpenReason = "the board has no settings and no cable; the code is on its console";

    private readonly long _start = time.GetTimestamp();
    private long _openedAt;
    private long _takenAt;
    private bool _wasWanted;
    private bool _isRadioGone;
    private DateTimeOffset? _closesAt;
    private SetupRadio? _radio;

    /// <summary>Where it stands.</summary>
    public SetupPhase Phase { get; private set; } = SetupPhase.Waiting;

    /// <summary>Why, in words.</summary>
    public string Reason { get; private set; } = WaitReason;

    /// <summary>The code of this opening; "" when none is open. Secret.</summary>
    public string Code { get; private set; } = "";

    /// <summary>Name of the network offered; "" when none is.</summary>
    public string Name => IsOffered ? _radio!.NetworkName : "";

    /// <summary>The access point is to be on the air.</summary>
    public bool IsOffered => Phase is SetupPhase.Open or SetupPhase.Taken;

    /// <summary>Answers are taken.</summary>
    public bool TakesAnswers => Phase == SetupPhase.Open;

    /// <summary>Time until it closes by itself; zero when it is not open.</summary>
    public TimeSpan Left => IsOffered && OpenTime - time.GetElapsedTime(_openedAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Looks at the facts; true when phase or reason changed.</summary>
    public bool Look(SetupFacts facts)
    {
        var before = (Phase, Reason);
        _wasWanted |= !facts.IsSet;
        switch (Phase)
        {
            case SetupPhase.Waiting:
                Wait(facts);
                break;
            case SetupPhase.Open:
                Watch(facts);
                break;
            case SetupPhase.Taken:
                Apply(facts);
                break;
        }

        return before != (Phase, Reason);
    }

    /// <summary>Somebody's answers were taken; false when the access point is not open for any.</summary>
    public bool Take(string meshName)
    {
        if (!TakesAnswers)
        {
            return false;
        }

        (Phase, Reason, _takenAt) = (SetupPhase.Taken, $"the settings for mesh \"{meshName}\" are being put in force", time.GetTimestamp());
        return true;
    }

    /// <summary>The answers could not even be handed on: open again.</summary>
    public void GiveBack(string why)
    {
        if (Phase == SetupPhase.Taken)
        {
            (Phase, Reason) = (SetupPhase.Open, why);
        }
    }

    /// <summary>Ends it, whatever the phase.</summary>
    public void Close(string reason)
    {
        (Phase, Reason, Code, _closesAt) = (SetupPhase.Closed, reason, "", null);
    }

    /// <summary>For the runner; null when the board had settings at its start, for then there is nothing to tell.</summary>
    public SetupClaim? Claim() => !_wasWanted ? null : new SetupClaim(
        !IsOffered ? null : new SupplicantNetwork
        {
            Type = InterfaceType.AccessPoint,
            Name = _radio!.NetworkName,
            Passphrase = Code,
            Frequency = _radio.Frequency,
        },
        new SetupReport(Word(Phase), Reason, Name, _closesAt));

    /// <summary>A phase as it is written.</summary>
    public static string Word(SetupPhase phase) => phase switch { SetupPhase.Waiting => "waiting", SetupPhase.Open => "open", SetupPhase.Taken => "taken", _ => "closed" };

    private void Wait(SetupFacts facts)
    {
        if (facts.IsSet)
        {
            Close("the board has settings");
        }
        else if (facts.HasWire)
        {
            Close("a cable is in: settings come by it or on the card; for the setup access point pull it out and switch the board off and on");
        }
        else if (time.GetElapsedTime(_start) < WireWait)
        {
            Reason = WaitReason;
        }
        else if (facts.Radio is null)
        {
            Reason = "no radio can be an access point; one that is plugged in later will do";
        }
        else
        {
            Open(facts.Radio);
        }
    }

    private void Open(SetupRadio radio)
    {
        _radio = radio;
        Code = SetupCode.Make(random);
        _openedAt = time.GetTimestamp();
        _closesAt = time.GetUtcNow() + OpenTime;
        (Phase, Reason) = (SetupPhase.Open, OpenReason);
    }

    private void Watch(SetupFacts facts)
    {
        if (facts.IsSet)
        {
            Close("the board got settings by another way");
        }
        else if (facts.HasWire)
        {
            Close("a cable was put in: settings come by it or on the card");
        }
        else if (time.GetElapsedTime(_openedAt) >= OpenTime)
        {
            Close("nobody gave settings within 15 minutes; switch the board off and on to try again");
        }
        else if (facts.Radio is null)
        {
            // A radio that is reset or plugged in again is back in seconds; the same code opens it then.
            (_isRadioGone, Reason) = (true, "the radio of the setup access point is gone");
        }
        else if (facts.Radio != _radio || _isRadioGone)
        {
            (_isRadioGone, _radio, Reason) = (false, facts.Radio, OpenReason);
        }
    }

    private void Apply(SetupFacts facts)
    {
        var since = time.GetElapsedTime(_takenAt);
        if (facts.IsSet)
        {
            if (since >= Farewell)
            {
                Close("settings are in force");
            }
        }
        else if (since >= ApplyLimit)
        {
            if (time.GetElapsedTime(_openedAt) >= OpenTime)
            {
                Close("the settings were not put in force within a minute, and the time is over; switch the board off and on to try again");
            }
            else
            {
                (Phase, Reason) = (SetupPhase.Open, "the settings were not put in force within a minute; they can be given again");
            }
        }
    }
}
