// What presses of the one button mean. Pure: edges and times in, answers and at most one order out.
namespace Skywire.Boards.Buttons;

/// <summary>What the LEDs answer to the button, over what they show otherwise.</summary>
public enum ButtonAnswer
{
    /// <summary>Nothing: the state is shown.</summary>
    None,

    /// <summary>The state as a number of flashes.</summary>
    State,

    /// <summary>Held for a while: hold on and the settings are forgotten, let go and nothing happens.</summary>
    AboutToForget,

    /// <summary>Held long enough: the settings are being forgotten.</summary>
    Forgetting,
}

/// <summary>The button policy. Not thread-safe.</summary>
public sealed class ButtonPolicy(TimeProvider time)
{
    /// <summary>From here on a press is no tap any more and the LEDs warn. Longer than anybody taps.</summary>
    public static readonly TimeSpan Warning = TimeSpan.FromSeconds(2);

    /// <summary>Held this long, the settings are forgotten: five seconds to change one's mind after the warning.</summary>
    public static readonly TimeSpan Forget = TimeSpan.FromSeconds(7);

    /// <summary>How long the flashes are shown: the longest count takes 5 s, and one is too few to be sure.</summary>
    public static readonly TimeSpan ShowTime = TimeSpan.FromSeconds(12);

    private long _since;
    private bool _isDown;
    private bool _isStuck;
    private bool _ordered;
    private long _shownSince;
    private bool _shows;

    /// <summary>True while the button is held.</summary>
    public bool IsDown => _isDown;

    /// <summary>True from the order to forget until it is revoked.</summary>
    public bool IsForgetting => _ordered;

    /// <summary>Short presses and forget orders so far.</summary>
    public (int Short, int Forget) Count { get; private set; }

    /// <summary>The state of the line at the start: a button already down (a jammed one, a case screwed on it) means nothing until it has been let go once.</summary>
    public void Start(bool isDown) => _isStuck = isDown;

    /// <summary>The button went down or up.</summary>
    public void Edge(bool isDown)
    {
        if (isDown && !_isDown && !_isStuck)
        {
            _since = time.GetTimestamp();
            _shows = false;
        }
        else if (!isDown && _isDown && !_isStuck && !_ordered && time.GetElapsedTime(_since) < Warning)
        {
            _shows = true;
            _shownSince = time.GetTimestamp();
            Count = (Count.Short + 1, Count.Forget);
        }

        _isStuck &= isDown;
        _isDown = isDown && !_isStuck;
    }

    /// <summary>What to answer now.</summary>
    public ButtonAnswer Answer()
    {
        if (_ordered)
        {
            return ButtonAnswer.Forgetting;
        }

        if (_isDown)
        {
            return time.GetElapsedTime(_since) >= Warning ? ButtonAnswer.AboutToForget : ButtonAnswer.None;
        }

        _shows = _shows && time.GetElapsedTime(_shownSince) < ShowTime;
        return _shows ? ButtonAnswer.State : ButtonAnswer.None;
    }

    /// <summary>True once, when the settings are to be forgotten.</summary>
    public bool TakeForgetOrder()
    {
        if (_ordered || !_isDown || time.GetElapsedTime(_since) < Forget)
        {
            return false;
        }

        _ordered = true;
        Count = (Count.Short, Count.Forget + 1);
        return true;
    }

    /// <summary>The order could not be carried out: back to showing the state.</summary>
    public void Revoke()
    {
        _ordered = false;
        // Still held: that must not order it again.
        (_isStuck, _isDown) = (_isDown, false);
    }
}
