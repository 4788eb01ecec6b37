// One interface and its wpa_supplicant: switched on, started, watched, and after a rest started again whenever it fails.
using Skywire.Wifi.Control;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Life;

/// <summary>How far an interface is.</summary>
internal enum InterfaceStage
{
    /// <summary>Nothing is wanted of it, or it is not there.</summary>
    Idle,

    /// <summary>Rests after a failure.</summary>
    Resting,

    /// <summary>Its supplicant was ordered; the group is not up yet.</summary>
    Starting,

    /// <summary>Its group is up.</summary>
    Up,
}

/// <summary>
/// Life of one interface, by its name. <see cref="Look"/> is called again and again with what is seen; what is to be done goes to the list of actions.
/// </summary>
internal sealed class InterfaceLife(string name, LifeContext context)
{
    // SAE, a scan and a start of the process on a slow board take half of it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A group that blinks away and comes back by itself (interface down and up) is left alone for so long.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // A state asked right after a start may still tell of the process before.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    // wpa_supplicant switches the interface off and on itself when it changes its type: not to be disturbed.
    private static readonly TimeSpan OwnSwitching = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(10);

    private SupplicantNetwork? _ordered;
    private bool _isKnown;
    private int _index;
    private int _failures;
    private bool _wasDown;
    private long _seen;
    private TimeSpan _since;
    private TimeSpan _restsUntil;
    private TimeSpan _awaySince = TimeSpan.MaxValue;

    /// <summary>The interface's name.</summary>
    public string Name => name;

    /// <summary>How far it is.</summary>
    public InterfaceStage Stage { get; private set; }

    /// <summary>Why it is no further, in words; "" when it is up.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The connection or group ended since the last look, even when it is back already.</summary>
    public bool HasBlinked { get; private set; }

    /// <summary>The last peer refused and when; null when none was since the start.</summary>
    public (string MacAddress, TimeSpan At)? Refused { get; private set; }

    /// <summary>Failures in a row.</summary>
    public int Failures => _failures;

    /// <summary>Time in this stage.</summary>
    public TimeSpan For => context.Now - _since;

    /// <summary>Looks and decides. <paramref name="face"/> null: the interface is not there; <paramref name="wanted"/> null: it is to be left alone.</summary>
    public void Look(RadioInterface? face, SupplicantState state, SupplicantNetwork? wanted, List<LifeAction> actions)
    {
        HasBlinked = false;
        ReadEvents(state);
        if (face is null || (_isKnown && _index != 0 && face.Index != _index))
        {
            Lose(face is null ? "the interface is gone" : "the interface came back as another", actions);
        }

        if (face is null)
        {
            return;
        }

        _index = face.Index;
        if (wanted is null)
        {
            Leave(state, actions);
            return;
        }

        _isKnown = true;
        if (Stage == InterfaceStage.Resting && context.Now < _restsUntil)
        {
            return;
        }

        SwitchOn(face, actions);
        if (_ordered != wanted)
        {
            Start(wanted, actions);
        }
        else
        {
            Watch(state, actions);
        }
    }

    /// <summary>A step of it failed: what ran is ended, and tried again after a rest.</summary>
    public void Fail(string reason, List<LifeAction> actions)
    {
        context.Count(WifiCounters.SupplicantFaults);
        Rest(reason);
        actions.Add(new LifeAction.Stop(name));
    }

    /// <summary>An action about this interface was refused: tried again after a rest.</summary>
    public void Refuse(string reason) => Rest(reason);

    /// <summary>It serves: later failures begin with short rests again.</summary>
    public void Praise() => _failures = 0;

    private void Lose(string reason, List<LifeAction> actions)
    {
        if (Stage == InterfaceStage.Idle)
        {
            (_ordered, _index, _seen, _wasDown) = (null, 0, 0, false);
            return;
        }

        context.Count(WifiCounters.InterfaceLosses);
        context.Steps.Note("interface_lost", $"{name}: {reason}");

        if (_ordered is not null)
        {
            actions.Add(new LifeAction.Stop(name));
        }

        HasBlinked |= Stage == InterfaceStage.Up;
        (_ordered, _index, _seen, _wasDown) = (null, 0, 0, false);
        SetStage(InterfaceStage.Idle, reason);
    }

    // Nothing is wanted: what runs there, of this run or an earlier one, is ended.
    private void Leave(SupplicantState state, List<LifeAction> actions)
    {
        if (_ordered is not null || !_isKnown || (state.IsRunning && For > Grace))
        {
            actions.Add(new LifeAction.Stop(name));
            _since = context.Now;
        }

        (_isKnown, _ordered) = (true, null);
        if (Stage != InterfaceStage.Idle)
        {
            SetStage(InterfaceStage.Idle, "");
        }
    }

    private void SwitchOn(RadioInterface face, List<LifeAction> actions)
    {
        if (face.IsUp)
        {
            _wasDown = false;
            return;
        }

        if (!_wasDown && Stage == InterfaceStage.Up)
        {
            context.Count(WifiCounters.InterfaceLosses);
            context.Steps.Note("interface_down", $"{name} was switched off: switched on again");
        }

        _wasDown = true;
        if (Stage != InterfaceStage.Starting || For >= OwnSwitching)
        {
            actions.Add(new LifeAction.SwitchOn(face.Index, name));
        }
    }

    private void Start(SupplicantNetwork wanted, List<LifeAction> actions)
    {
        if (_failures > 0)
        {
            context.Count(WifiCounters.SupplicantRestarts);
        }

        (_ordered, Refused, _awaySince) = (wanted, null, TimeSpan.MaxValue);
        actions.Add(new LifeAction.Start(name, wanted));
        context.Steps.Note("supplicant", $"{name}: started as {Words(wanted)}");
        SetStage(InterfaceStage.Starting, "wpa_supplicant starts");
    }

    private void Watch(SupplicantState state, List<LifeAction> actions)
    {
        // An ad-hoc network has no one to complete a handshake with until a neighbour comes.
        var isUp = state is { IsRunning: true, Phase: "COMPLETED" } || (_ordered!.Type == InterfaceType.AdHoc && state is { IsRunning: true, Phase: "ASSOCIATED" });
        if (Stage == InterfaceStage.Starting)
        {
            if (isUp)
            {
                context.Steps.Note("up", $"{name}: the group is up");
                SetStage(InterfaceStage.Up, "");
            }
            else if (!state.IsRunning && state.Fault.Length > 0 && For >= Settling)
            {
                Fail($"wpa_supplicant: {state.Fault}", actions);
            }
            else if (For >= Patience)
            {
                Fail($"wpa_supplicant brought nothing up within {Patience.TotalSeconds:0} s ({Words(state)})", actions);
            }
            else
            {
                Reason = $"wpa_supplicant starts ({Words(state)})";
            }

            return;
        }

        if (isUp)
        {
            _awaySince = TimeSpan.MaxValue;
            Reason = "";
            _failures = For > Stable ? 0 : _failures;
            return;
        }

        HasBlinked = true;
        _awaySince = _awaySince == TimeSpan.MaxValue ? context.Now : _awaySince;
        Reason = $"the group is not up ({Words(state)})";
        if (!state.IsRunning)
        {
            Fail($"wpa_supplicant ended{(state.Fault.Length > 0 ? ": " + state.Fault : "")}", actions);
        }
        else if (context.Now - _awaySince >= Grace)
        {
            Fail($"the group did not come back within {Grace.TotalSeconds:0} s ({Words(state)})", actions);
        }
    }

    private void ReadEvents(SupplicantState state)
    {
        if (state.Events.Count > 0 && state.Events[^1].Number < _seen)
        {
            _seen = 0;
        }

        foreach (var happened in state.Events.Where(e => e.Number > _seen))
        {
            switch (happened.Kind)
            {
                case SupplicantEventKind.PeerJoined:
                    context.Count(WifiCounters.PeersJoined);
                    break;
                case SupplicantEventKind.PeerLeft:
                    context.Count(WifiCounters.PeersLeft);
                    break;
                case SupplicantEventKind.PeerRefused:
                    context.Count(WifiCounters.PeersRefused);
                    context.Steps.Note("refused", $"{happened.MacAddress} {happened.Text}".Trim());
                    Refused = (happened.MacAddress, context.Now);
                    break;
                case SupplicantEventKind.Refused:
                    context.Count(WifiCounters.KernelRefusals);
                    context.Steps.Note("kernel_refused", happened.Text);
                    break;
                case SupplicantEventKind.Down or SupplicantEventKind.InterfaceLost when Stage == InterfaceStage.Up:
                    HasBlinked = true;
                    break;
                default:
                    break;
            }

            _seen = happened.Number;
        }
    }

    private void Rest(string reason)
    {
        _failures++;
        var rest = Backoff.Rest(_failures, context.Chance());
        _restsUntil = context.Now + rest;
        HasBlinked |= Stage == InterfaceStage.Up;
        _ordered = null;
        context.Steps.Note("failed", $"{name}: {reason}");
        SetStage(InterfaceStage.Resting, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{reason}; tried again after {rest.TotalSeconds:0.#} s"));
    }

    private void SetStage(InterfaceStage stage, string reason) => (Stage, Reason, _since) = (stage, reason, context.Now);

    private static string Words(SupplicantState state) => state.IsRunning ? $"state {(state.Phase.Length > 0 ? state.Phase : "unknown")}" : "not running yet";

    private static string Words(SupplicantNetwork network)
    {
        var kind = network.Type switch
        {
            InterfaceType.MeshPoint => "mesh point",
            InterfaceType.AdHoc => "ad-hoc network",
            InterfaceType.Station => $"station of {network.MacAddress}",
            _ => "access point",
        };
        return network.Frequency > 0 ? $"{kind} on {network.Frequency} MHz" : kind;
    }
}
