// One app of the host: its runs, one after the other.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Apps;

/// <summary>Runs an app until it is stopped, again after each failure. Thread-safe.</summary>
internal sealed class AppInstance : IDisposable
{
    private readonly Lock _lock = new();
    private readonly AppHostOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<AppState> _onChange;
    private readonly Backoff _backoff;
    private readonly AppScope _scope;
    private CancellationTokenSource? _stop;
    private Task _run = Task.CompletedTask;
    private AppStatus _status;
    private string _detail = AppDetail.Stopped;
    private string _error = "";
    private DateTimeOffset? _startedAt;
    private int _restarts;

    public AppInstance(AppDefinition definition, AppHostOptions options, TimeProvider time, IEntropy entropy, ILogger logger, Action<AppState> onChange)
    {
        Definition = definition;
        _options = options;
        _time = time;
        _onChange = onChange;
        _backoff = new Backoff(new BackoffOptions(options.FirstRestart, 2, options.LongestRestart), entropy);
        Log = new AppLog(logger, time);
        _scope = new AppScope(definition.Name, Log, OnReport);
    }

    public AppDefinition Definition { get; }

    public AppLog Log { get; }

    public AppState State
    {
        get
        {
            lock (_lock)
            {
                return new AppState(Definition.Name, _status, _detail, _error, Definition.Port, Definition.AutoStart, _startedAt, _restarts, _scope.Counters.Snapshot());
            }
        }
    }

    public void Start()
    {
        lock (_lock)
        {
            if (!_run.IsCompleted)
            {
                if (_stop is { IsCancellationRequested: true })
                {
                    throw new InvalidOperationException($"app {Definition.Name} has not ended its last run yet");
                }

                return;
            }

            _stop?.Dispose();
            _stop = new CancellationTokenSource();
            _error = "";
            _restarts = 0;
            _backoff.Reset();
            _status = AppStatus.Starting;
            _detail = AppDetail.Starting;
            _run = RunAsync(_stop.Token);
        }

        _onChange(State);
    }

    public async Task<bool> StopAsync()
    {
        Task run;
        lock (_lock)
        {
            run = _run;
            if (!run.IsCompleted)
            {
                _detail = AppDetail.ShuttingDown;
            }
        }

        if (run.IsCompleted)
        {
            // Failed and not to be started again, or never started.
            Set(AppStatus.Stopped, AppDetail.Stopped, null);
            return true;
        }

        _onChange(State);
        _stop!.Cancel();
        try
        {
            await run.Stay().WaitAsync(_options.StopLimit, _time);
            return true;
        }
        catch (TimeoutException)
        {
            AppsLog.Stuck(Log, Definition.Name, _options.StopLimit);
            Set(AppStatus.Errored, AppDetail.ShuttingDown, $"did not stop within {_options.StopLimit.TotalSeconds:0.#} s");
            return false;
        }
    }

    /// <summary>To be called after the last stop.</summary>
    public void Dispose() => _stop?.Dispose();

    private async Task RunAsync(CancellationToken stop)
    {
        // The host goes on while the app starts.
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            var started = _time.GetTimestamp();
            lock (_lock)
            {
                _startedAt = _time.GetUtcNow();
            }

            Set(AppStatus.Starting, AppDetail.Starting, null);
            var error = await RunOnceAsync(stop);
            lock (_lock)
            {
                _startedAt = null;
            }

            if (stop.IsCancellationRequested)
            {
                break;
            }

            AppsLog.Failed(Log, Definition.Name, error);
            Set(AppStatus.Errored, AppDetail.Stopped, error);
            if (!Definition.RestartOnFailure)
            {
                return;
            }

            if (_time.GetElapsedTime(started) >= _options.GoodRun)
            {
                _backoff.Reset();
            }

            if (!await WaitAsync(_backoff.Next(), stop))
            {
                break;
            }

            lock (_lock)
            {
                _restarts++;
            }
        }

        Set(AppStatus.Stopped, AppDetail.Stopped, null);
    }

    private async Task<string> RunOnceAsync(CancellationToken stop)
    {
        try
        {
            await Definition.Create(_scope).RunAsync(_scope, stop);
            return "ended by itself";
        }
        catch (Exception e)
        {
            // Whatever an app throws is its own failure, never the host's.
            return e.Message;
        }
    }

    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken stop)
    {
        try
        {
            await Task.Delay(wait, _time, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void OnReport(AppScope scope)
    {
        lock (_lock)
        {
            // A report of a run that is being stopped or has failed comes too late.
            if (_stop is null or { IsCancellationRequested: true } || _startedAt is null)
            {
                return;
            }
        }

        Set(scope.Detail == AppDetail.Starting ? AppStatus.Starting : AppStatus.Running, scope.Detail, null);
    }

    private void Set(AppStatus status, string detail, string? error)
    {
        lock (_lock)
        {
            _status = status;
            _detail = detail;
            _error = error ?? _error;
        }

        _onChange(State);
    }
}
