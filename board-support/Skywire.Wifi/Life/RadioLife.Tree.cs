// A radio's life in a tree of access points and stations: listens, follows, offers an own access point one deeper, or is the root.
using Skywire.Wifi.Control;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Life;

internal sealed partial class RadioLife
{
    // After a loss every board below notices within the time its own link needs to end; a place that may be below is left out for longer than that.
    private static readonly TimeSpan BarredFor = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan AvoidedFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RefusedFor = TimeSpan.FromMinutes(5);

    // A board below looks once whether its parent still tells the same, then seldom: trees that only it can hear must find together too.
    private static readonly TimeSpan FirstCheck = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Check = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RootCheck = TimeSpan.FromMinutes(1);

    // Nothing was heard because nothing can be: a radio that cannot scan becomes the root, if it can.
    private static readonly TimeSpan DeafAfter = TimeSpan.FromSeconds(45);

    // A root that is no station beside may not be able to scan: with nobody below it lets go and listens, after this or twice as long by chance.
    private static readonly TimeSpan LonelyRoot = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, TimeSpan> _avoided = new(StringComparer.Ordinal);
    private TreePlace? _place;
    private TreeBar? _bar;
    private bool _isRoot;
    private TimeSpan _leadsUntil;
    private string _lastRoot = "";
    private TimeSpan? _listeningSince;
    private TimeSpan _listenFor;
    private int _scansEnded;
    private int _scansBefore;
    private int _scansUsed;

    /// <summary>Hops to the root; -1 outside of a tree or without a place in it.</summary>
    public int Depth => _isRoot ? 0 : _place is not null && _isJoined ? _place.Depth : -1;

    /// <summary>The mode as it is lived: a leaf that can be the root may be it.</summary>
    public LinkMode Mode => _plan?.Mode == LinkMode.TreeStation && _isRoot ? LinkMode.TreeRoot : _plan?.Mode ?? LinkMode.None;

    // Not while a parent is asked: the radio would be off its channel.
    private bool IsTreeScanUseful => _plan!.Mode != LinkMode.TreeRoot && (_place is null || _isJoined);

    private void LookTree(RadioInterface main, RadioInterface? beside, LifeSight sight)
    {
        foreach (var late in _avoided.Where(a => a.Value <= context.Now).Select(a => a.Key).ToList())
        {
            _avoided.Remove(late);
        }

        _bar = _bar is { } bar && bar.Until > context.Now ? _bar : null;
        if (sight.Plan.Mode == LinkMode.TreeRoot)
        {
            BecomeRoot("it can be nothing else", sight);
        }

        if (_place is not null)
        {
            Follow(main, beside, sight);
        }
        else if (_isRoot)
        {
            Lead(main, beside, sight);
        }
        else
        {
            Listen(main, beside, sight);
        }
    }

    private void Listen(RadioInterface main, RadioInterface? beside, LifeSight sight)
    {
        if (_listeningSince is null)
        {
            (_listeningSince, _listenFor, _scansBefore) = (context.Now, TimeSpan.FromSeconds(5 + (10 * context.Chance())), _scansEnded);
            _scanDue = context.Now;
            _scansAlone = 0;
            context.Steps.Note("listen", "listens for a tree of this mesh");
        }

        LookAt(main, sight, null);
        LookBeside(beside, sight, null);
        SetNeighbours([], "the parent is gone");
        if (!main.IsUp)
        {
            _actions.Add(new LifeAction.SwitchOn(main.Index, main.Name));
        }

        var listened = context.Now - _listeningSince.Value;
        Show(AirState.Searching, "listens for a tree of this mesh");
        if (_scansEnded > _scansBefore && Choose(sight) is { } place)
        {
            Take(place);
        }
        else if (ModeChoice.CanOffer(sight.Facts) && listened >= _listenFor && (_scansEnded > _scansBefore || listened >= DeafAfter))
        {
            BecomeRoot("no tree of this mesh is heard", sight);
        }
        else if (!ModeChoice.CanOffer(sight.Facts) && _scansEnded > _scansBefore)
        {
            Show(AirState.Searching, "no tree of this mesh is heard, and this radio cannot begin one");
        }
    }

    private void Follow(RadioInterface main, RadioInterface? beside, LifeSight sight)
    {
        var place = _place!;
        LookAt(main, sight, Network(sight, InterfaceType.Station) with { MacAddress = place.MacAddress });
        var isUp = _main!.Stage == InterfaceStage.Up;
        if (_main.HasBlinked || (_isJoined && !isUp))
        {
            Leave(place, "the parent is gone", AvoidedFor / 6, main, beside, sight);
            return;
        }

        if (_main.Stage is InterfaceStage.Resting or InterfaceStage.Idle)
        {
            var wasRefused = _main.Refused is not null;
            Leave(place, wasRefused ? "the parent refused: another passphrase?" : _main.Reason, wasRefused ? RefusedFor : AvoidedFor, main, beside, sight);
            return;
        }

        if (!isUp)
        {
            LookBeside(beside, sight, null);
            Show(AirState.Searching, $"asks {place.MacAddress} to be let in; {_main.Reason}");
            return;
        }

        Tune(main, sight);
        if (_scansEnded > _scansUsed && Reconsider(place, main, beside, sight))
        {
            return;
        }

        LookBeside(beside, sight, Offer(main, place, sight));
        var members = Members(beside, sight);
        var isNew = !_isJoined;
        SetNeighbours([.. Seen(sight, main).DefaultIfEmpty(new Station { MacAddress = place.MacAddress, Signal = place.Signal, IsAuthorized = true }), .. members], "the parent is gone");
        _scanDue = isNew ? context.Now + FirstCheck : _scanDue;
        ShowJoined(Neighbours, $"below {place.MacAddress}, {place.Depth} hop(s) from the root {place.Root}, {members.Count} below");
    }

    private void Lead(RadioInterface main, RadioInterface? beside, LifeSight sight)
    {
        var isBeside = ModeChoice.CanBoth(sight.Facts);
        if (!isBeside && !_isJoined && sight.Plan.Mode != LinkMode.TreeRoot && context.Now >= _leadsUntil)
        {
            _isRoot = false;
            Listen(main, beside, sight);
            return;
        }

        var wanted = Network(sight, InterfaceType.AccessPoint) with { Frequency = sight.Plan.Frequency, Tree = new TreeMark(OwnRoot(sight), 0, 0) };
        LookAt(main, sight, isBeside ? null : wanted);
        LookBeside(beside, sight, isBeside ? wanted : null);
        if (isBeside && !main.IsUp)
        {
            // The idle station listens for lower roots.
            _actions.Add(new LifeAction.SwitchOn(main.Index, main.Name));
        }

        if (sight.Plan.Mode != LinkMode.TreeRoot && _scansEnded > _scansUsed)
        {
            _scansUsed = _scansEnded;
            if (Choose(sight) is { } place && string.CompareOrdinal(place.Root, OwnRoot(sight)) < 0)
            {
                context.Steps.Note("step_down", $"a tree with a lower root is heard: {place.Root}");
                Take(place);
                LookAt(main, sight, null);
                LookBeside(beside, sight, null);
                SetNeighbours([], "stepped down as root");
                return;
            }
        }

        var seat = isBeside ? _beside : _main;
        var members = seat?.Stage == InterfaceStage.Up ? Members(isBeside ? beside : main, sight) : [];
        if (seat?.Stage == InterfaceStage.Up)
        {
            Tune(isBeside ? beside! : main, sight);
        }

        SetNeighbours(members, "the last board below is gone");
        if (members.Count > 0)
        {
            ShowJoined(members, $"root of the tree, {members.Count} below");
        }
        else
        {
            Show(AirState.Searching, seat?.Stage == InterfaceStage.Up ? "root of the tree, no other board in it yet" : seat?.Reason is { Length: > 0 } reason ? reason : "root of the tree, its access point is made");
        }
    }

    // The parent may tell something else by now, or a better place may be there. True when the place was left.
    private bool Reconsider(TreePlace place, RadioInterface main, RadioInterface? beside, LifeSight sight)
    {
        _scansUsed = _scansEnded;
        var parent = sight.Heard.FirstOrDefault(h => TreeChoice.Key(h.MacAddress) == TreeChoice.Key(place.MacAddress) && h.Tree is not null);
        if (parent?.Tree is { } mark && (TreeChoice.Key(mark.Root) != place.Root || mark.Depth + 1 != place.Depth))
        {
            Leave(place, "the parent has another place in the tree now", TimeSpan.Zero, main, beside, sight);
            return true;
        }

        if (Choose(sight) is { } other && other.MacAddress != place.MacAddress && TreeChoice.IsBetter(other, place))
        {
            context.Steps.Note("better", $"{other.MacAddress} leads to {(other.Root == place.Root ? "the root in fewer hops" : "a lower root")}");
            Take(other);
            LookBeside(beside, sight, null);
            LookAt(main, sight, null);
            SetNeighbours([], "a better place is taken");
            return true;
        }

        return false;
    }

    private TreePlace? Choose(LifeSight sight) => ModeChoice.CanFollow(sight.Facts)
        ? TreeChoice.Best(sight.Heard, sight.Wishes.MeshName, h => sight.Own.Contains(TreeChoice.Key(h.MacAddress)) || TreeChoice.Key(h.Tree!.Value.Root) == OwnRoot(sight) || _avoided.ContainsKey(h.MacAddress), _bar)
        : null;

    private void Take(TreePlace place)
    {
        if (place.Root != _lastRoot && _lastRoot.Length > 0)
        {
            context.Count(WifiCounters.RootChanges);
        }

        (_place, _isRoot, _lastRoot, _listeningSince, _scansUsed) = (place, false, place.Root, null, _scansEnded);
        context.Steps.Note("follow", $"follows {place.MacAddress}, root {place.Root}, {place.Depth} hop(s), {place.Signal} dBm");
    }

    private void Leave(TreePlace place, string reason, TimeSpan avoid, RadioInterface main, RadioInterface? beside, LifeSight sight)
    {
        context.Steps.Note("parent_lost", $"{place.MacAddress}: {reason}");
        if (avoid > TimeSpan.Zero)
        {
            _avoided[place.MacAddress] = context.Now + avoid;
        }

        _bar = new TreeBar(place.Root, place.Depth, context.Now + BarredFor);
        _place = null;
        Listen(main, beside, sight);
    }

    private void BecomeRoot(string reason, LifeSight sight)
    {
        if (_isRoot)
        {
            return;
        }

        var own = OwnRoot(sight);
        if (_lastRoot.Length > 0 && _lastRoot != own)
        {
            context.Count(WifiCounters.RootChanges);
        }

        (_isRoot, _place, _lastRoot, _listeningSince, _scansUsed) = (true, null, own, null, _scansEnded);
        _leadsUntil = context.Now + (LonelyRoot * (1 + context.Chance()));
        _scansAlone = 0;
        _scanDue = context.Now + (ScanRest * (1 + context.Chance()));
        context.Steps.Note("root", $"root of a tree: {reason}");
    }

    private void LeaveTree() => (_place, _isRoot, _listeningSince, _bar) = (null, false, null, null);

    // Below a parent the channel is the parent's; where nothing may be sent first, nothing is offered.
    private static SupplicantNetwork? Offer(RadioInterface main, TreePlace place, LifeSight sight)
    {
        var frequency = main.Frequency != 0 ? main.Frequency : place.Frequency;
        return place.Depth < TreeChoice.MaxDepth && ModeChoice.CanBoth(sight.Facts) && ChannelChoice.Find(sight.Facts, frequency) is { IsOpen: true }
            ? Network(sight, InterfaceType.AccessPoint) with { Frequency = frequency, Tree = new TreeMark(place.Root, place.Depth, 0) }
            : null;
    }

    private static SupplicantNetwork Network(LifeSight sight, InterfaceType type) => new()
    {
        Type = type,
        Name = sight.Wishes.MeshName,
        Passphrase = sight.Wishes.Passphrase,
        Country = sight.Wishes.Country,
        IsSae = sight.Facts.HasSae,
    };

    private static List<Station> Members(RadioInterface? face, LifeSight sight) => [.. Seen(sight, face).Where(s => s.IsAuthorized)];

    private static string OwnRoot(LifeSight sight) => TreeChoice.Key(sight.Facts.MacAddress);

    private TimeSpan TreeScanRest(TimeSpan rest) => _plan?.Mode is LinkMode.Mesh or LinkMode.AdHoc ? rest
        : _place is not null ? Check
        : _isRoot ? _isJoined || rest > RootCheck ? RootCheck : rest
        : ScanRest;
}
