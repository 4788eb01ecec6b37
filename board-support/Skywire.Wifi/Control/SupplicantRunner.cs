// One interface's wpa_supplicant: carries out the last order, then keeps hold of the control socket and knows how the process is.
using System.Buffers;
using System.Text;
using Skywire.Linux;

namespace Skywire.Wifi.Control;

internal sealed class SupplicantRunner : IAsyncDisposable
{
    private const int MaxEvents = 32;

    // Words of wpa_state; the longest has 18 letters.
    private const int MaxPhase = 40;
    private static readonly SearchValues<char> PhaseLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private readonly string _interface;
    private readonly SupplicantOptions _options;
    private readonly IUnits _units;
    private readonly TimeProvider _time;
    private readonly Action _changed;
    private readonly string _unit;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly Task _running;

    // Guarded by the lock.
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SupplicantNetwork? _wish;
    private long _orders;
    private SupplicantState _state = new();
    private long _events;

    // The loop's own.
    private long _done;
    private ControlSocket? _control;
    private long _silentSince;

    public SupplicantRunner(string interfaceName, SupplicantOptions options, IUnits units, TimeProvider time, Action changed)
    {
        _interface = interfaceName;
        _options = options;
        _units = units;
        _time = time;
        _changed = changed;
        _unit = options.UnitOf(interfaceName);
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _running = RunAsync();
    }

    /// <summary>How it is.</summary>
    public SupplicantState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Has this network run; null ends it.</summary>
    public void Order(SupplicantNetwork? network)
    {
        lock (_lock)
        {
            // Nothing new while it runs, starts or has ended as it should: what starts is not to be started again and again.
            if (_orders > 0 && _state.Fault.Length == 0 && IsSame(network, _wish))
            {
                return;
            }

            _wish = network;
            _orders++;
        }

        // At once: nobody shall take what was before for what was ordered.
        Set(s => s with { IsRunning = false, Phase = "", Fault = "" });
        Wake();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        Wake();
        await _running;
        await _timer.DisposeAsync();
        _stop.Dispose();
    }

    // Members come and go; a mark that lags behind is better than an access point that starts anew for each.
    private static bool IsSame(SupplicantNetwork? network, SupplicantNetwork? before) => WithoutMembers(network) == WithoutMembers(before);

    private static SupplicantNetwork? WithoutMembers(SupplicantNetwork? network) => network?.Tree is { } tree ? network with { Tree = tree with { Members = 0 } } : network;

    private void Wake()
    {
        lock (_lock)
        {
            _wake.TrySetResult();
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await _wake.Task;
            lock (_lock)
            {
                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (_stop.IsCancellationRequested)
            {
                await LeaveAsync();
                return;
            }

            var next = Timeout.InfiniteTimeSpan;
            try
            {
                next = await StepAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                Wake();
            }
            catch (Exception e)
            {
                // Whatever it was, also a mistake of our own: who ordered reads it and tries again. A radio that nobody looks after any more would be silent for good.
                await DetachAsync();
                SetFor(_done, s => s with { IsRunning = false, Phase = "", Fault = e.Message });
                next = _options.StatusInterval;
            }

            _timer.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    // What was ordered to end ends before this does; what was not runs on, and is taken over by the next.
    private async Task LeaveAsync()
    {
        bool isEnding;
        lock (_lock)
        {
            isEnding = _wish is null && _orders > 0;
        }

        if (isEnding)
        {
            using var limit = new CancellationTokenSource(_options.EndLimit, _time);
            try
            {
                await EndAsync(limit.Token);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
            {
                // The service manager does not answer: it ends the unit itself with the machine, or the next service finds it.
            }
        }

        await DetachAsync();
    }

    // Returns when to look again.
    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        SupplicantNetwork? wish;
        long order;
        lock (_lock)
        {
            (wish, order) = (_wish, _orders);
        }

        if (order != _done)
        {
            try
            {
                await (wish is null ? EndAsync(cancellationToken) : BeginAsync(wish, cancellationToken));
            }
            finally
            {
                // Also when it failed: to try again is the business of who ordered.
                _done = order;
                _silentSince = _time.GetTimestamp();
            }

            // A later order may have come meanwhile; its wake is there already.
            return TimeSpan.Zero;
        }

        if (wish is null)
        {
            return Timeout.InfiniteTimeSpan;
        }

        return _control is not null || await AttachAsync(cancellationToken) ? await AskAsync(order, cancellationToken) : await MissAsync(order, cancellationToken);
    }

    private async Task BeginAsync(SupplicantNetwork network, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_options.RunFolder);
        var file = _options.ConfigFile(_interface);
        var content = Encoding.ASCII.GetBytes(SupplicantConfig.Write(network, _options.ControlFolder));
        var isSame = File.Exists(file) && File.GetUnixFileMode(file) == AtomicFile.Private && content.AsSpan().SequenceEqual(File.ReadAllBytes(file));
        if (!isSame)
        {
            AtomicFile.Write(file, content, AtomicFile.Private);
        }

        var state = await _units.StateAsync(_unit, cancellationToken);
        if (!state.IsAlive)
        {
            await DetachAsync();
            await _units.StartAsync(_unit, cancellationToken);
        }
        else if (!isSame || !(_control is not null || await AttachAsync(cancellationToken)))
        {
            // Another network, or one that does not answer: only a new process helps.
            await DetachAsync();
            await _units.RestartAsync(_unit, cancellationToken);
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await DetachAsync();
        await _units.StopAsync(_unit, cancellationToken);
        File.Delete(_options.ConfigFile(_interface));
    }

    private async Task<bool> AttachAsync(CancellationToken cancellationToken)
    {
        var path = _options.ControlFile(_interface);
        if (!File.Exists(path))
        {
            return false;
        }

        ControlSocket? control = null;
        try
        {
            control = ControlSocket.Open(path, _options.OwnFile(_interface), Hear, _time);
            if (await control.AskAsync("ATTACH", _options.AnswerLimit, cancellationToken) == "OK")
            {
                (_control, control) = (control, null);
                return true;
            }
        }
        catch (IOException)
        {
            // It starts or ends just now, or left its socket behind: the next look tells, and after a while it is a fault.
            return false;
        }
        finally
        {
            if (control is not null)
            {
                await control.DisposeAsync();
            }
        }

        return false;
    }

    private async Task<TimeSpan> AskAsync(long order, CancellationToken cancellationToken)
    {
        string status;
        try
        {
            status = await _control!.AskAsync("STATUS", _options.AnswerLimit, cancellationToken);
        }
        catch (IOException e)
        {
            // Crashed, restarted or hung: looked for anew from the next step on.
            await DetachAsync();
            _silentSince = _time.GetTimestamp();
            SetFor(order, s => s with { IsRunning = false, Phase = "", Fault = e.Message });
            return _options.AttachInterval;
        }

        SetFor(order, s => s with { IsRunning = true, Phase = PhaseOf(status), Fault = "" });
        return _options.StatusInterval;
    }

    // There is no socket that answers. Is there a process?
    private async Task<TimeSpan> MissAsync(long order, CancellationToken cancellationToken)
    {
        var unit = await _units.StateAsync(_unit, cancellationToken);
        if (!unit.IsAlive)
        {
            SetFor(order, s => s with { IsRunning = false, Phase = "", Fault = $"wpa_supplicant does not run on {_interface}: {unit.Why} (\"journalctl -u {_unit}\" has its own words)" });
            return _options.StatusInterval;
        }

        if (_time.GetElapsedTime(_silentSince) < _options.AttachLimit)
        {
            return _options.AttachInterval;
        }

        SetFor(order, s => s with { IsRunning = false, Phase = "", Fault = $"wpa_supplicant runs on {_interface} and does not answer at {_options.ControlFile(_interface)}" });
        return _options.StatusInterval;
    }

    private async Task DetachAsync()
    {
        if (_control is { } control)
        {
            _control = null;
            await control.DisposeAsync();
        }
    }

    private void Hear(ReadOnlyMemory<byte> datagram)
    {
        Set(s =>
        {
            var heard = SupplicantEventParser.Parse(datagram.Span, ++_events);
            return s with { Events = [.. s.Events.TakeLast(MaxEvents - 1), heard] };
        });
        Wake();
    }

    private static string PhaseOf(string status)
    {
        const string key = "wpa_state=";
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key) && line[key.Length..] is { Length: > 0 and <= MaxPhase } phase && phase.IndexOfAnyExcept(PhaseLetters) < 0)
            {
                return phase.ToString();
            }
        }

        return "";
    }

    private void SetFor(long order, Func<SupplicantState, SupplicantState> change)
    {
        lock (_lock)
        {
            if (order != _orders)
            {
                // What was learnt is about a network that is not wanted any more.
                return;
            }
        }

        Set(change);
    }

    private void Set(Func<SupplicantState, SupplicantState> change)
    {
        lock (_lock)
        {
            var after = change(_state);
            if (after == _state)
            {
                return;
            }

            _state = after;
        }

        _changed();
    }
}
