// The life of one radio: from its plan over a ready interface and a running wpa_supplicant to neighbours, and back again after whatever happens. No IO.
using Skywire.Wifi.Control;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Life;

/// <summary>
/// A radio's life. <see cref="Look"/> takes what is seen and gives what is to be done; everything else tells how it stands. It outlives the radio: one that is
/// plugged in again goes on where it was. One thread.
/// </summary>
internal sealed partial class RadioLife(string key, LifeContext context)
{
    /// <summary>Signal below which little gets through, dBm.</summary>
    public const int WeakSignal = -80;

    /// <summary>Least time between two scans: each takes the radio off its channel for seconds.</summary>
    public static readonly TimeSpan ScanRest = TimeSpan.FromSeconds(15);

    // Neighbours on the same channel need some seconds for SAE and peering, and nobody who scans answers them.
    private static readonly TimeSpan FirstScan = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan LongestScanRest = TimeSpan.FromMinutes(2);

    // Alone for so long, and half as much by chance, before the channel is left. On the channel where all meet twice as long: of two boards that hear each other only the other one moves.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Heard at a good signal on the same channel for so long without a link: wpa_supplicant is stuck.
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(60);

    // Between a radio and its driver's own interface, as both come or go; a slow board under load takes a second.
    private static readonly TimeSpan DriverTime = TimeSpan.FromSeconds(5);

    private readonly List<LifeAction> _actions = [];
    private InterfaceLife? _main;
    private InterfaceLife? _beside;
    private RadioPlan? _plan;
    private RadioPlan? _linked;
    private bool _hearsCrowd;
    private (string Name, string Passphrase) _mesh;
    private int _tuned;
    private MeshParameters? _tunedMesh;
    private bool _hasJoined;
    private bool _isJoined;
    private TimeSpan _aloneSince;
    private TimeSpan _moveAfter;
    private TimeSpan _scanDue;
    private TimeSpan? _scanned;
    private int _scansAlone;
    private TimeSpan _addRestsUntil;
    private TimeSpan _bareSince = TimeSpan.MaxValue;
    private int _addFailures;
    private int _besideIndex;
    private TimeSpan _besideStopped = TimeSpan.MaxValue;

    /// <summary>What the radio is known by, through resets and other plugs.</summary>
    public string Key => key;

    /// <summary>State.</summary>
    public AirState State { get; private set; } = AirState.NoRadio;

    /// <summary>Why.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Since when.</summary>
    public DateTimeOffset Since { get; private set; } = context.At;

    /// <summary>Interface that links boards, or the only one; "" for none.</summary>
    public string Interface => _main?.Name ?? "";

    /// <summary>Name of the access point beside it, in a tree; "" for none.</summary>
    public string BesideInterface => _beside?.Name ?? "";

    /// <summary>Interfaces made by this life, to be taken away at its end.</summary>
    public HashSet<string> Made { get; } = new(StringComparer.Ordinal);

    /// <summary>What the radio does now, as the planner needs it; null before the first plan.</summary>
    public RadioStanding? Standing => _plan is { Role: RadioRole.Backhaul or RadioRole.Clients } ? new(_plan, MayMove) : _linked is not null ? new(_linked, false, false) : null;

    /// <summary>Neighbours that count: peers, the parent, authorised clients.</summary>
    public IReadOnlyList<Station> Neighbours { get; private set; } = [];

    /// <summary>Its last steps.</summary>
    public IReadOnlyList<StepReport> Steps => context.Steps.Steps;

    /// <summary>A scan would help now, and disturbs nothing that is worth more.</summary>
    public bool WantsScan => _plan is { Role: RadioRole.Backhaul } && _main is not null && context.Now >= _scanDue && (_scanned is not { } last || context.Now - last >= ScanRest) && IsScanUseful;

    private bool MayMove => _plan is { Role: RadioRole.Backhaul, Mode: LinkMode.Mesh or LinkMode.AdHoc } && !_isJoined && _main?.Stage == InterfaceStage.Up && context.Now - _aloneSince >= (_hearsCrowd ? Patience / 2 : _moveAfter);

    private bool IsScanUseful => _plan!.Mode is LinkMode.Mesh or LinkMode.AdHoc ? !_isJoined && _main!.Stage == InterfaceStage.Up : IsTreeScanUseful;

    /// <summary>The name of the access point beside an interface.</summary>
    public static string BesideName(string main) => (main.Length > 13 ? main[..13] : main) + "ap";

    /// <summary>Looks at everything and says what is to be done, in order.</summary>
    public IReadOnlyList<LifeAction> Look(LifeSight sight)
    {
        _actions.Clear();
        Replan(sight);
        var faces = sight.Facts.Interfaces;
        var main = MainFace(faces);
        if (!SeatMain(sight, main))
        {
            return [.. _actions];
        }

        var beside = faces.FirstOrDefault(f => f.Name == BesideName(main!.Name));
        switch (sight.Plan)
        {
            case { Role: RadioRole.Off }:
                LookAt(main, sight, null);
                LookBeside(beside, sight, null);
                SetNeighbours([], sight.Plan.Reason);
                Show(AirState.Off, sight.Plan.Reason);
                break;
            case { Role: RadioRole.Setup or RadioRole.Clients }:
                LookBeside(beside, sight, null);
                LookPeople(main!, sight);
                break;
            case { Mode: LinkMode.Mesh or LinkMode.AdHoc }:
                LookBeside(beside, sight, null);
                LookPeers(main!, sight);
                break;
            default:
                LookTree(main!, beside, sight);
                break;
        }

        return [.. _actions];
    }

    /// <summary>The radio is not there: unplugged, or its driver starts anew.</summary>
    public IReadOnlyList<LifeAction> Miss()
    {
        _actions.Clear();
        _main?.Look(null, new SupplicantState(), null, _actions);
        _beside?.Look(null, new SupplicantState(), null, _actions);
        if (State != AirState.NoRadio)
        {
            context.Steps.Note("radio_gone", "the radio was unplugged or its driver starts anew");
        }

        (_main, _beside, _plan, _tuned, _scanned) = (null, null, null, 0, null);
        Made.Clear();
        SetNeighbours([], "the radio is gone");
        LeaveTree();
        Show(AirState.NoRadio, "unplugged, or its driver starts anew");
        return [.. _actions];
    }

    /// <summary>Ends what this life began: called once, at the service's end.</summary>
    public IReadOnlyList<LifeAction> End(RadioFacts? facts)
    {
        List<LifeAction> actions = [];
        foreach (var name in (string[])[BesideInterface, Interface])
        {
            if (name.Length > 0)
            {
                actions.Add(new LifeAction.Stop(name));
            }
        }

        actions.AddRange((facts?.Interfaces ?? []).Where(f => Made.Contains(f.Name)).Select(f => new LifeAction.Delete(f.Index, f.Name)));
        return actions;
    }

    /// <summary>An action was refused.</summary>
    public void Refuse(LifeAction action, string reason)
    {
        switch (action)
        {
            case LifeAction.Add or LifeAction.Delete:
                _addFailures++;
                _addRestsUntil = context.Now + Backoff.Rest(_addFailures, context.Chance());
                context.Steps.Note("refused", reason);
                break;
            case LifeAction.Tune:
                // The link works without; asked again when the group comes up anew.
                context.Steps.Note("refused", reason);
                break;
            case LifeAction.Stop:
                context.Steps.Note("refused", reason);
                break;
            default:
                (action.Interface == BesideInterface ? _beside : _main)?.Refuse(reason);
                break;
        }

        if (State is AirState.Off or AirState.NoRadio or AirState.Searching)
        {
            Reason = reason;
        }
    }

    /// <summary>An action was done.</summary>
    public void Done(LifeAction action)
    {
        if (action is LifeAction.Add)
        {
            Made.Add(action.Interface);
            _addFailures = 0;
            context.Steps.Note("interface", $"{action.Interface} made");
        }
        else if (action is LifeAction.Delete)
        {
            Made.Remove(action.Interface);
        }
    }

    /// <summary>A scan was begun.</summary>
    public void ScanBegun()
    {
        _scanned = context.Now;
        _scansAlone++;
        var rest = TimeSpan.FromTicks(Math.Min(LongestScanRest.Ticks, ScanRest.Ticks << Math.Min(_scansAlone - 1, 4)));
        _scanDue = context.Now + TreeScanRest(rest);
    }

    /// <summary>A scan ended; <paramref name="fault"/> is null when something came of it.</summary>
    public void ScanEnded(string? fault)
    {
        _scansEnded++;
        if (fault is not null)
        {
            context.Steps.Note("scan_failed", fault);
        }
    }

    private void Replan(LifeSight sight)
    {
        var plan = sight.Plan;
        if (_mesh != (sight.Wishes.MeshName, sight.Wishes.Passphrase))
        {
            // Another mesh: nobody known so far belongs to it.
            _mesh = (sight.Wishes.MeshName, sight.Wishes.Passphrase);
            LeaveTree();
        }

        if (_plan is not null && (_plan.Role, _plan.Mode, _plan.Frequency) == (plan.Role, plan.Mode, plan.Frequency))
        {
            _plan = plan;
            return;
        }

        if (_plan is { Role: RadioRole.Backhaul } before && plan.Role == RadioRole.Backhaul && before.Mode == plan.Mode)
        {
            context.Count(WifiCounters.ChannelMoves);
        }

        if (_plan?.Role != plan.Role || _plan.Mode != plan.Mode)
        {
            LeaveTree();
        }

        _linked = plan.Role == RadioRole.Backhaul ? plan : _linked;
        context.Steps.Note("plan", $"{plan.Role.Word()}{(plan.Role == RadioRole.Backhaul ? " " + plan.Mode.Word() : "")}: {plan.Reason}");
        _plan = plan;
        BeginAlone();
    }

    // The interface with which the life works: the one it had, else the radio's first.
    private RadioInterface? MainFace(IReadOnlyList<RadioInterface> faces)
    {
        var own = faces.Where(f => f.Type is not (InterfaceType.Monitor or InterfaceType.PeerToPeerDevice) && !faces.Any(o => BesideName(o.Name) == f.Name)).OrderBy(f => f.Index).ToList();
        return own.FirstOrDefault(f => f.Name == _main?.Name) ?? own.FirstOrDefault();
    }

    private bool SeatMain(LifeSight sight, RadioInterface? main)
    {
        if (main is not null)
        {
            if (_main is not null && _main.Name != main.Name)
            {
                _main.Look(null, new SupplicantState(), null, _actions);
                _beside?.Look(null, new SupplicantState(), null, _actions);
                _beside = null;
            }

            _main = _main?.Name == main.Name ? _main : new InterfaceLife(main.Name, context);
            _bareSince = TimeSpan.MaxValue;
            return true;
        }

        _main?.Look(null, new SupplicantState(), null, _actions);
        _main = null;
        SetNeighbours([], "the interface is gone");
        if (sight.Plan.Role == RadioRole.Off)
        {
            Show(AirState.Off, sight.Plan.Reason);
        }
        else
        {
            // A radio that goes loses its interface first, one that comes gets it last: an interface made in between would stay behind for good.
            _bareSince = _bareSince == TimeSpan.MaxValue ? context.Now : _bareSince;
            Show(AirState.Searching, "the radio has no interface: one is made");
            if (context.Now - _bareSince >= DriverTime && context.Now >= _addRestsUntil)
            {
                // Another number each time: the name may be taken by another radio.
                _actions.Add(new LifeAction.Add(sight.Facts.Index, $"wlan{sight.Facts.Index + _addFailures}", InterfaceType.Station));
            }
        }

        return false;
    }

    private void LookAt(RadioInterface? face, LifeSight sight, SupplicantNetwork? wanted) => _main!.Look(face, sight.Supplicant(_main.Name), wanted, _actions);

    // The access point beside a station is made when it is wanted and taken away when it is not: also one that an earlier run left.
    private void LookBeside(RadioInterface? face, LifeSight sight, SupplicantNetwork? wanted)
    {
        if (wanted is null)
        {
            if (face is null)
            {
                _beside?.Look(null, new SupplicantState(), null, _actions);
                (_beside, _besideStopped) = (null, TimeSpan.MaxValue);
                return;
            }

            _beside ??= new InterfaceLife(face.Name, context);
            var state = sight.Supplicant(face.Name);
            _beside.Look(face, state, null, _actions);
            _besideStopped = _besideStopped == TimeSpan.MaxValue ? context.Now : _besideStopped;

            // wpa_supplicant ends before its interface does, unless it hangs.
            if ((!state.IsRunning || context.Now - _besideStopped >= TimeSpan.FromSeconds(5)) && context.Now >= _addRestsUntil)
            {
                _actions.Add(new LifeAction.Delete(face.Index, face.Name));
            }

            return;
        }

        _besideStopped = TimeSpan.MaxValue;
        _beside ??= new InterfaceLife(BesideName(_main!.Name), context);
        if (face is null && context.Now >= _addRestsUntil)
        {
            _actions.Add(new LifeAction.Add(sight.Facts.Index, _beside.Name, InterfaceType.AccessPoint));
        }

        _besideIndex = face?.Index ?? 0;
        _beside.Look(face, face is null ? new SupplicantState() : sight.Supplicant(_beside.Name), wanted, _actions);
    }

    private void LookPeople(RadioInterface main, LifeSight sight)
    {
        var wanted = sight.Setup ?? new SupplicantNetwork
        {
            Type = InterfaceType.AccessPoint,
            Name = sight.Wishes.ClientName,
            Passphrase = sight.Wishes.ClientPassphrase,
            Frequency = sight.Plan.Frequency,
            Country = sight.Wishes.Country,
        };
        LookAt(main, sight, wanted);
        var isUp = _main!.Stage == InterfaceStage.Up;
        var stations = isUp ? Seen(sight, main).Where(s => s.IsAuthorized).ToList() : [];
        SetNeighbours([], sight.Plan.Reason);
        Neighbours = stations;
        if (sight.Plan.Role == RadioRole.Setup)
        {
            Show(AirState.Setup, isUp ? $"the setup access point is open, {stations.Count} device(s) in it" : _main.Reason);
        }
        else
        {
            Show(isUp ? AirState.Joined : AirState.Searching, isUp ? $"open for people's devices, {stations.Count} in it" : _main.Reason);
        }
    }

    private void LookPeers(RadioInterface main, LifeSight sight)
    {
        LookAt(main, sight, new SupplicantNetwork
        {
            Type = sight.Plan.Mode == LinkMode.Mesh ? InterfaceType.MeshPoint : InterfaceType.AdHoc,
            Name = sight.Wishes.MeshName,
            Passphrase = sight.Wishes.Passphrase,
            Frequency = sight.Plan.Frequency,
            Country = sight.Wishes.Country,
            IsSae = sight.Plan.Mode == LinkMode.Mesh,
        });
        if (_main!.Stage != InterfaceStage.Up)
        {
            _tuned = 0;
            SetNeighbours([], _main.Reason);
            BeginAlone();
            Show(AirState.Searching, _main.Reason);
            return;
        }

        Tune(main, sight);
        var peers = Seen(sight, main).Where(s => sight.Plan.Mode == LinkMode.Mesh ? s.Peering == PeeringState.Established : s.IsAuthorized).ToList();
        if (peers.Count == 0 && sight.Fault.Length > 0)
        {
            Show(_isJoined ? State : AirState.Searching, sight.Fault);
            return;
        }

        SetNeighbours(peers, "the last neighbour is gone");
        if (peers.Count > 0)
        {
            ShowJoined(peers, $"{peers.Count} neighbour(s)");
            return;
        }

        // Several on one other channel are linked to each other and will not come here.
        _hearsCrowd = Ours(sight).Where(h => h.Frequency != sight.Plan.Frequency).GroupBy(h => h.Frequency).Any(g => g.Count() > 1);
        Show(AirState.Searching, Alone(sight));
        if (IsStuck(sight))
        {
            _main.Fail("the mesh is heard on this channel but no link comes about", _actions);
        }
    }

    private string Alone(LifeSight sight)
    {
        if (_main!.Refused is { } refused && context.Now - refused.At < StuckAfter)
        {
            return $"{refused.MacAddress} was refused or refuses: another passphrase?";
        }

        var heard = Ours(sight).Count();
        return heard == 0 ? "no other board of this mesh is heard" : $"{heard} board(s) of this mesh heard, no link yet";
    }

    private bool IsStuck(LifeSight sight) => context.Now - _aloneSince >= StuckAfter && _main!.For >= StuckAfter
        && (_main.Refused is not { } refused || context.Now - refused.At >= StuckAfter)
        && Ours(sight).Any(h => h.Frequency == sight.Plan.Frequency && h.Signal >= WeakSignal);

    private static IEnumerable<HeardNetwork> Ours(LifeSight sight)
        => sight.Heard.Where(h => ChannelChoice.IsOurs(h, sight.Wishes.MeshName, sight.Plan.Mode) && !sight.Own.Contains(TreeChoice.Key(h.MacAddress)));

    // Once a group came up, and again when what it depends on changed.
    private void Tune(RadioInterface face, LifeSight sight)
    {
        var mesh = sight.Plan.Mode == LinkMode.Mesh ? new MeshParameters { RssiThreshold = WeakSignal, IsRoot = sight.Wishes.IsGateway, IsGate = sight.Wishes.IsGateway } : null;
        if (_tuned != face.Index || _tunedMesh != mesh)
        {
            (_tuned, _tunedMesh) = (face.Index, mesh);
            _actions.Add(new LifeAction.Tune(face.Index, face.Name, mesh));
        }
    }

    private static IReadOnlyList<Station> Seen(LifeSight sight, RadioInterface? face)
        => face is not null && sight.Stations.TryGetValue(face.Index, out var stations) ? stations : [];

    private void SetNeighbours(List<Station> neighbours, string loss)
    {
        Neighbours = [.. neighbours.OrderByDescending(s => Signal(s) == 0 ? int.MinValue : Signal(s)).ThenBy(s => s.MacAddress, StringComparer.Ordinal)];
        if (neighbours.Count > 0 == _isJoined)
        {
            return;
        }

        _isJoined = neighbours.Count > 0;
        if (_isJoined)
        {
            context.Count(_hasJoined ? WifiCounters.Rejoins : WifiCounters.Joins);
            _hasJoined = true;
            _main?.Praise();
            _beside?.Praise();
        }
        else
        {
            BeginAlone();
        }

        context.Steps.Note(_isJoined ? "joined" : "alone", _isJoined ? $"linked to {Neighbours[0].MacAddress}" : loss);
    }

    private void BeginAlone()
    {
        _aloneSince = context.Now;
        (_scansAlone, _hearsCrowd) = (0, false);
        _scanDue = context.Now + FirstScan;
        _moveAfter = Patience * (1 + (0.5 * context.Chance())) * (_plan?.Frequency == ChannelChoice.MeetingFrequency ? 2 : 1);
    }

    private void ShowJoined(IEnumerable<Station> neighbours, string words)
    {
        var best = neighbours.Select(Signal).Where(s => s != 0).DefaultIfEmpty(0).Max();
        if (best < WeakSignal)
        {
            Show(AirState.Weak, $"{words}, the best at {best} dBm: little gets through below {WeakSignal} dBm");
        }
        else
        {
            Show(AirState.Joined, words);
        }
    }

    private static int Signal(Station station) => station.SignalAverage != 0 ? station.SignalAverage : station.Signal;

    private void Show(AirState state, string reason)
    {
        if (state != State)
        {
            Since = context.At;
        }

        (State, Reason) = (state, reason);
    }
}
