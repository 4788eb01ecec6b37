// `wifi run`: one loop that looks at all radios, decides, acts and reports. Events only wake it; what is true is looked up anew each round.
using Skywire.Wifi.Life;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Running;

/// <summary>The wifi service. One radio's failure is that radio's reason and never another's.</summary>
public sealed partial class WifiRunner(WifiParts parts, TimeProvider time)
{
    // Without events: a lost one costs no more than this.
    private static readonly TimeSpan Restless = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    // Events come in bursts: a radio that is plugged in makes dozens.
    private static readonly TimeSpan Coalesced = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan CountryRest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GoneKept = TimeSpan.FromHours(1);
    private const int GoneMost = 8;

    private readonly WifiCounters _counters = new();
    private readonly List<RadioSeat> _seats = [];
    private readonly List<Task> _scans = [];
    private WifiWishes _wishes = new();
    private SetupClaim? _claim;
    private string _setupKey = "";
    private string _country = "";
    private long _countryRefusedAt;
    private string _countryFault = "";
    private string _fault = "";
    private TaskCompletionSource? _wake;
    private int _isDirty;
    private int _isScanOrdered;

    /// <summary>Runs until cancelled. In the end its wpa_supplicants are stopped and the interfaces it made are gone.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        parts.Kernel.Changed += Wake;
        parts.Supplicants.Changed += Wake;
        using var stop = new CancellationTokenSource();
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                Round(stop.Token);
                var isSettled = _seats.All(s => s.Life.State is AirState.Joined or AirState.Off or AirState.NoRadio);
                await PauseAsync(_isReportDue ? ReportRest : isSettled ? Settled : Restless, cancellationToken);
            }
        }
        finally
        {
            parts.Kernel.Changed -= Wake;
            parts.Supplicants.Changed -= Wake;
            stop.Cancel();
            foreach (var scan in _scans)
            {
                await scan;
            }

            TakeScans();
            EndAll();
        }
    }

    /// <summary>Orders a scan of every radio that can, also of joined ones. From any thread.</summary>
    public void RequestScan()
    {
        Interlocked.Exchange(ref _isScanOrdered, 1);
        Wake();
    }

    private void Round(CancellationToken stop)
    {
        ReadWishes();
        SetCountry();
        TakeScans();
        if (!Seat())
        {
            Report();
            return;
        }

        Plan();
        foreach (var seat in _seats.ToList())
        {
            Live(seat);
        }

        BeginScans(stop);
        Report();
    }

    private void ReadWishes()
    {
        try
        {
            _wishes = parts.Wishes();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was wanted before holds: settings that are being written are there in the next round.
        }
    }

    private void SetCountry()
    {
        var isResting = _countryFault.Length > 0 && time.GetElapsedTime(_countryRefusedAt) < CountryRest;
        if (_wishes.Country.Length == 0 || _wishes.Country == _country || isResting)
        {
            return;
        }

        try
        {
            parts.Kernel.SetCountry(_wishes.Country);
            (_country, _countryFault) = (_wishes.Country, "");
        }
        catch (RadioException e)
        {
            _counters.Add(WifiCounters.KernelRefusals);
            (_countryFault, _countryRefusedAt) = (e.Message, time.GetTimestamp());
        }
    }

    // Gives each radio its seat. Known by its address: a reset or another plug changes number and name.
    private bool Seat()
    {
        IReadOnlyList<RadioFacts> radios;
        try
        {
            radios = parts.Kernel.Radios();
            _fault = "";
        }
        catch (RadioException e)
        {
            _counters.Add(WifiCounters.KernelRefusals);
            _fault = e.Message;
            return false;
        }

        var left = _seats.ToList();
        foreach (var facts in radios)
        {
            var seat = left.FirstOrDefault(s => s.Facts?.Index == facts.Index && s.Life.Key == Key(facts)) ?? left.FirstOrDefault(s => s.Life.Key == Key(facts));
            if (seat is null)
            {
                seat = new RadioSeat(new RadioLife(Key(facts), new LifeContext(time, parts.Random, _counters))) { LastFacts = facts };
                _seats.Add(seat);
            }
            else
            {
                left.Remove(seat);
                if (seat.Facts is { } before && before.Index != facts.Index)
                {
                    Miss(seat);
                }
            }

            (seat.Facts, seat.LastFacts) = (facts, facts);
        }

        foreach (var seat in left)
        {
            if (seat.Facts is not null)
            {
                Miss(seat);
                seat.GoneAt = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(seat.GoneAt) > GoneKept || _seats.Count(s => s.Facts is null) > GoneMost)
            {
                _seats.Remove(seat);
            }
        }

        return true;
    }

    private static string Key(RadioFacts facts) => facts.MacAddress.Length > 0 ? facts.MacAddress : facts.Name;

    private void Miss(RadioSeat seat)
    {
        seat.Scanning?.Cancel();
        Act(seat, seat.Life.Miss());
        (seat.Facts, seat.Plan, seat.Heard, seat.Paths) = (null, null, [], []);
    }

    private void Plan()
    {
        var present = _seats.Where(s => s.Facts is not null).ToList();
        _claim = parts.Setup();
        var setup = SetupSeat(present);
        var others = present.Where(s => s != setup).ToList();
        var own = OwnAddresses();
        var heard = others.SelectMany(s => s.Heard).Where(h => !own.Contains(TreeChoice.Key(h.MacAddress))).ToList();
        var standing = others.Where(s => s.Life.Standing is not null).ToDictionary(s => s.Facts!.Index, s => s.Life.Standing!);
        var plans = WifiPlanner.Plan([.. others.Select(s => s.Facts!)], _wishes, heard, standing);
        for (var i = 0; i < others.Count; i++)
        {
            others[i].Plan = plans[i];
        }

        if (setup is not null)
        {
            var taken = plans.FirstOrDefault(p => p.Role == RadioRole.Backhaul)?.Frequency ?? 0;
            var channel = ChannelChoice.ForPeople(setup.Facts!, taken);
            setup.Plan = new RadioPlan { RadioIndex = setup.Facts!.Index, Role = RadioRole.Setup, Frequency = channel.Channel!.Frequency, Reason = $"setup access point on {channel.Reason}" };
        }
    }

    // A radio that can be an access point; one that is not needed for a mesh rather; the one that it is already.
    private RadioSeat? SetupSeat(List<RadioSeat> present)
    {
        var seat = _claim?.Network is null ? null : present
            .Where(s => s.Facts!.Blocked.Length == 0 && ModeChoice.CanOffer(s.Facts) && ChannelChoice.ForPeople(s.Facts, 0).Channel is not null)
            .OrderBy(s => s.Life.Key == _setupKey ? 0 : 1).ThenBy(s => ModeChoice.CanMesh(s.Facts!) ? 1 : 0).ThenBy(s => s.Life.Key, StringComparer.Ordinal).FirstOrDefault();
        _setupKey = seat?.Life.Key ?? "";
        return seat;
    }

    private void Live(RadioSeat seat)
    {
        if (seat is not { Facts: { } facts, Plan: { } plan })
        {
            return;
        }

        var (stations, fault) = Stations(facts, plan);
        var sight = new LifeSight
        {
            Facts = facts,
            Plan = plan,
            Wishes = _wishes,
            Setup = plan.Role == RadioRole.Setup ? _claim!.Network! with { Frequency = _claim.Network.Frequency == 0 ? plan.Frequency : _claim.Network.Frequency } : null,
            Supplicant = parts.Supplicants.State,
            Stations = stations,
            Fault = fault,
            Heard = seat.Heard,
            Own = OwnAddresses(),
        };
        Act(seat, seat.Life.Look(sight));
        seat.Paths = plan.Mode == LinkMode.Mesh && seat.Life.Neighbours.Count > 0 ? Paths(seat) : [];
    }

    private (Dictionary<int, IReadOnlyList<Station>> Stations, string Fault) Stations(RadioFacts facts, RadioPlan plan)
    {
        Dictionary<int, IReadOnlyList<Station>> stations = [];
        var fault = "";
        foreach (var face in plan.Role == RadioRole.Off ? [] : facts.Interfaces.Where(f => f.IsUp))
        {
            try
            {
                stations[face.Index] = parts.Kernel.Stations(face.Index);
            }
            catch (RadioException e)
            {
                // Gone between two questions, most often: the next round knows.
                fault = e.Message;
            }
        }

        return (stations, fault);
    }

    private IReadOnlyList<MeshPath> Paths(RadioSeat seat)
    {
        try
        {
            return seat.Face is { } face ? parts.Kernel.Paths(face.Index) : [];
        }
        catch (RadioException)
        {
            return seat.Paths;
        }
    }

    private HashSet<string> OwnAddresses()
        => [.. _seats.Where(s => s.Facts is not null).SelectMany(s => s.Facts!.Interfaces.Select(f => f.MacAddress).Append(s.Facts.MacAddress)).Select(TreeChoice.Key)];

    private void Act(RadioSeat seat, IReadOnlyList<LifeAction> actions)
    {
        foreach (var action in actions)
        {
            try
            {
                Act(action);
                seat.Life.Done(action);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _counters.Add(WifiCounters.KernelRefusals);
                seat.Life.Refuse(action, e.Message);
            }
        }
    }

    private void Act(LifeAction action)
    {
        switch (action)
        {
            case LifeAction.Add add:
                parts.Kernel.AddInterface(add.RadioIndex, add.Interface, add.Type);
                Wake();
                break;
            case LifeAction.Delete delete:
                parts.Kernel.DeleteInterface(delete.Index);
                break;
            case LifeAction.SwitchOn on:
                parts.Kernel.SetUp(on.Index, true);
                break;
            case LifeAction.Start start:
                parts.Supplicants.Start(start.Interface, start.Network);
                break;
            case LifeAction.Stop stop:
                parts.Supplicants.Stop(stop.Interface);
                break;
            case LifeAction.Tune tune:
                parts.Kernel.SetPowerSave(tune.Index, false);
                if (tune.Mesh is { } mesh)
                {
                    parts.Kernel.SetMesh(tune.Index, mesh);
                }

                break;
        }
    }

    private void EndAll()
    {
        // What was made in the last round is not in the facts of that round.
        _ = Seat();
        foreach (var seat in _seats)
        {
            Act(seat, seat.Life.End(seat.Facts));
        }
    }

    private void Wake()
    {
        Interlocked.Exchange(ref _isDirty, 1);
        Volatile.Read(ref _wake)?.TrySetResult();
    }

    // Ends early when something happened, but never so early that a burst of events is a burst of rounds.
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        await SleepAsync(Coalesced, wakes: false, cancellationToken);
        await SleepAsync(pause - Coalesced, wakes: true, cancellationToken);
    }

    // No task combinators (docs/determinism.md). Continuations do not run on the thread that wakes: it may be the one that answers our questions.
    private async Task SleepAsync(TimeSpan pause, bool wakes, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), done, pause, Timeout.InfiniteTimeSpan);
        await using var stop = cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), done);
        if (wakes)
        {
            Volatile.Write(ref _wake, done);
            if (Interlocked.Exchange(ref _isDirty, 0) != 0)
            {
                done.TrySetResult();
            }
        }

        await done.Task;
        Volatile.Write(ref _wake, null);
        if (wakes)
        {
            // What woke us is seen in the round that follows.
            Interlocked.Exchange(ref _isDirty, 0);
        }
    }
}
