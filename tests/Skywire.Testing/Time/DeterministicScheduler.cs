// One queue, one thread, virtual time: the same program takes the same steps in the same order every time.
using System.Diagnostics;

namespace Skywire.Testing;

/// <summary>
/// Runs an asynchronous body and all it starts on one thread. Continuations run in the order they were posted; when none is left, time moves to
/// the next timer. Continuations that turn up from another thread (<c>ConfigureAwait(false)</c>, <c>Task.Run</c>, a real timer or socket) fail the
/// run: their order would be the thread pool's. A scheduler runs one body.
/// </summary>
public sealed class DeterministicScheduler : SynchronizationContext
{
    // Between two looks at the real clock.
    private const int StepsPerCheck = 1024;

    // How long an apparent deadlock waits for the continuation that went to another thread, so that the report names it. Busy machines are slow to start threads.
    private static readonly TimeSpan EscapeGrace = TimeSpan.FromSeconds(2);

    private readonly VirtualTime _time;
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private readonly ManualResetEventSlim _escaped = new();
    private string? _escape;
    private int _thread;
    private long _steps;
    private bool _running;

    public DeterministicScheduler(VirtualTime time)
    {
        _time = time;
    }

    /// <summary>Continuations and timers run so far.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>State in words, for failure messages.</summary>
    public string State => $"virtual time {_time.Elapsed:c}, {Steps} steps, {_queue.Count} queued, {_time.PendingTimers} timers";

    /// <summary>
    /// Runs <paramref name="body"/> to its end on the calling thread. What it left behind is not run. Throws <see cref="SimulationException"/> for an escape, a
    /// deadlock or a used-up budget, and otherwise what the body threw.
    /// </summary>
    public void Run(Func<Task> body, TimeSpan virtualBudget, TimeSpan realBudget)
    {
        var previous = Current;
        SetSynchronizationContext(this);
        _thread = Environment.CurrentManagedThreadId;
        _running = true;
        _time.Attach(this);
        PoolWatch.WatchThisThread(Escape);
        try
        {
            Loop(body, virtualBudget, realBudget);
        }
        finally
        {
            _running = false;
            PoolWatch.WatchThisThread(null);
            _time.Attach(null);
            SetSynchronizationContext(previous);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsForeign)
        {
            // Late arrivals after the end have nothing left to disturb.
            if (_running)
            {
                Escape("a continuation was posted by another thread");
            }

            return;
        }

        _queue.Enqueue((d, state));
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state)
    {
        CheckThread("Send was called");
        d(state);
    }

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Fails the run when called from another thread than the scheduler's.</summary>
    internal void CheckThread(string what)
    {
        if (_running && IsForeign)
        {
            Escape(what + " by another thread");
        }
    }

    private bool IsForeign => Environment.CurrentManagedThreadId != _thread;

    private void Loop(Func<Task> body, TimeSpan virtualBudget, TimeSpan realBudget)
    {
        var clock = Stopwatch.StartNew();
        var limit = _time.Elapsed + virtualBudget;
        Task? task = null;
        _queue.Enqueue((_ => task = Begin(body), null));
        while (task is not { IsCompleted: true })
        {
            ThrowIfEscaped();
            if (_queue.TryDequeue(out var step))
            {
                step.Callback(step.State);
            }
            else if (_time.TakeDue(limit.Ticks) is { } timer)
            {
                timer.Fire();
            }
            else
            {
                ThrowStuck(virtualBudget);
            }

            if (++_steps % StepsPerCheck == 0 && clock.Elapsed > realBudget)
            {
                throw new SimulationException($"the run used up its real time of {realBudget.TotalSeconds:0} s ({State})");
            }
        }

        ThrowIfEscaped();
        task.GetAwaiter().GetResult();
    }

    private static async Task Begin(Func<Task> body) => await body();

    private void ThrowStuck(TimeSpan virtualBudget)
    {
        if (_escaped.Wait(EscapeGrace))
        {
            ThrowIfEscaped();
        }

        throw new SimulationException(_time.NextDue() is null
            ? $"deadlock: nothing queued, no timer set, and the body has not finished ({State})"
            : $"the run used up its virtual time of {virtualBudget:c} ({State})");
    }

    private void Escape(string what)
    {
        var text = $"escape from the scheduler: {what}. Look for ConfigureAwait(false), Task.Run, CancelAsync, a real timer or socket, or a task combinator over a TaskCompletionSource that needs Stay() (Skywire.Wire.StayExtensions).{Environment.NewLine}{Environment.StackTrace}";
        Interlocked.CompareExchange(ref _escape, text, null);
        _escaped.Set();
    }

    private void ThrowIfEscaped()
    {
        if (Volatile.Read(ref _escape) is { } escape)
        {
            throw new SimulationException($"{escape}{Environment.NewLine}({State})");
        }
    }
}
