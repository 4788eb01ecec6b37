// Updates of one board: looks at the feed, downloads, has RAUC install, restarts, and after a fallback says why. One task owns all state; orders queue up behind each other.
using Skywire.Update.Box;
using Skywire.Update.Feed;
using Skywire.Update.History;
using Skywire.Update.Policy;
using Skywire.Update.Trial;
using Skywire.Update.Versions;

namespace Skywire.Update;

/// <summary>
/// The update client. <see cref="RunAsync"/> owns everything; it is called once, and again after it was cancelled: that is how what goes on is ended early. The other methods may be called from any thread and end when the owner has carried them out. What a bundle, a feed,
/// RAUC or the disk do wrong is an outcome, never an exception.
/// </summary>
public sealed partial class UpdateClient(UpdateParts parts)
{
    // A trial is another process' business; its end is seen within this.
    private static readonly TimeSpan TrialPoll = TimeSpan.FromSeconds(5);

    // After a power failure all boards of a street start in one instant; their first looks are spread over this.
    private static readonly TimeSpan FirstCheck = TimeSpan.FromMinutes(1);

    private readonly UpdateHistory _history = new(parts.Storage);
    private readonly RolloutMember _member = new();
    private readonly Lock _lock = new();
    private readonly Queue<Order> _orders = new();
    private readonly SortedDictionary<string, long> _refusals = new(StringComparer.Ordinal);
    private TaskCompletionSource? _wake;
    private ClientState _state = new();
    private FeedBundle? _candidate;
    private bool _isCandidateRefused;
    private (string Target, string Reason, int Order)? _failedInBox;
    private long? _checkedAt;
    private TimeSpan _checkEvery;
    private volatile UpdateStatus _status = new()
    {
        Phase = UpdatePhase.Idle,
        Version = parts.Version.Text,
        Slot = parts.Slot?.Name ?? "",
        Compatible = parts.Compatible,
        Channel = SnakeCase.Of(parts.Settings().Channel.ToString()),
    };

    /// <summary>Called after each change of <see cref="Status"/>, on the owner's task; must be quick.</summary>
    public event Action<UpdateStatus>? Changed;

    /// <summary>The picture of now.</summary>
    public UpdateStatus Status => _status;

    /// <summary>What the box last said of its roll-out; null for nothing.</summary>
    public RolloutView? Rollout { get; private set; }

    /// <summary>The bundle found last; what a serving board offers to its box once it is downloaded.</summary>
    public FeedBundle? Candidate => _candidate;

    private TimeSpan Now => parts.Time.GetElapsedTime(0);

    /// <summary>What happened, oldest first. Throws <see cref="IOException"/>.</summary>
    public IReadOnlyList<HistoryEntry> History() => _history.Entries();

    /// <summary>Looks at the feed now.</summary>
    public Task<UpdateOutcome> CheckAsync(CancellationToken cancellationToken) => OrderAsync(token => CheckAsync("", false, token), cancellationToken);

    /// <summary>Installs, at once and whatever the time of day. Ends with the restart ordered, or with a refusal.</summary>
    public Task<UpdateOutcome> InstallAsync(InstallOrder order, CancellationToken cancellationToken) => OrderAsync(token => InstallByHandAsync(order, Asker.Person, token), cancellationToken);

    /// <summary>Goes back to the other slot. The version left behind is not installed again by itself.</summary>
    public Task<UpdateOutcome> RollbackAsync(CancellationToken cancellationToken) => OrderAsync(RollBackAsync, cancellationToken);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _state = ClientState.Load(parts.Storage);
        (_checkedAt, _checkEvery) = (parts.Time.GetTimestamp(), FirstCheck * parts.Jitter());
        Show(s => s with { Failed = _state.Failed, LastCheck = _state.LastCheck });
        try
        {
            await GuardedAsync(SettleAsync, cancellationToken);
            while (true)
            {
                if (TakeOrder() is { } order)
                {
                    await CarryOutAsync(order, cancellationToken);
                }
                else
                {
                    await PauseAsync(await StepAsync(cancellationToken), cancellationToken);
                }
            }
        }
        finally
        {
            while (TakeOrder() is { } order)
            {
                order.Done.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    private async Task CarryOutAsync(Order order, CancellationToken cancellationToken)
    {
        try
        {
            order.Done.TrySetResult(await GuardedAsync(order.Body, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            order.Done.TrySetCanceled(CancellationToken.None);
            throw;
        }
        catch (Exception e)
        {
            // A mistake of ours: who waits hears of it, and so does who runs this.
            order.Done.TrySetResult(Refuse(new Refusal(RefusalCode.InstallFailed, $"a fault of the update client: {e.Message}"), ""));
            throw;
        }
    }

    // One step of its own accord; gives the pause after it.
    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        if (_status.Phase is UpdatePhase.Rebooting)
        {
            return UpdatePolicy.LongestWait;
        }

        if (IsOnTrial())
        {
            Show(s => s with { Phase = UpdatePhase.OnTrial, Reason = "the new version has to prove itself" });
            await TellBoxAsync(RolloutState.OnTrial, parts.Version.Text, "", 0, cancellationToken);
            return TrialPoll;
        }

        if (_status.Phase == UpdatePhase.OnTrial)
        {
            // It proved itself, whatever was thought of it before.
            _state = _state.WithoutFailed(parts.Version.Text);
            await GuardedAsync(_ => Remember(), cancellationToken);
            Show(s => s with { Phase = UpdatePhase.Idle, Reason = "", Failed = _state.Failed });
        }

        var settings = parts.Settings();
        var sinceCheck = _checkedAt is { } at ? parts.Time.GetElapsedTime(at) : (TimeSpan?)null;
        var local = TimeOnly.FromDateTime(parts.Time.GetLocalNow().DateTime);
        var step = UpdatePolicy.Next(new PolicyFacts(settings, Feeds(settings).Count > 0, _candidate is not null && !_isCandidateRefused && parts.Slot is not null, local, sinceCheck, _checkEvery));
        switch (step.Action)
        {
            case PolicyAction.Check:
                await GuardedAsync(token => CheckAsync("", false, token), cancellationToken);
                return TimeSpan.Zero;
            case PolicyAction.Install:
                await GuardedAsync(token => InstallFromFeedAsync(_candidate!, Facts("", false, false), Asker.Itself, token), cancellationToken);
                return TimeSpan.Zero;
        }

        if (_status.Phase != UpdatePhase.Failed || step.Phase != UpdatePhase.Idle)
        {
            Show(s => s with { Phase = step.Phase, Reason = step.Phase == UpdatePhase.WaitingForWindow ? $"installs between {settings.Window}" : "" });
        }

        return await FollowBoxAsync(cancellationToken) is { } sooner && sooner < step.Wait ? sooner : step.Wait;
    }

    // Tells the box how this board is, and takes part in what was ordered there. Gives the pause until the next report; null outside of a box.
    private async Task<TimeSpan?> FollowBoxAsync(CancellationToken cancellationToken)
    {
        if (parts.Turn() is null)
        {
            return null;
        }

        // After a fallback the first report must say so: the coordinator may be waiting for just that.
        var back = _state.Failed.LastOrDefault(f => SemanticVersion.Parse(f.Version) is { } failed && failed > parts.Version);
        var answer = _failedInBox is { } own ? await TellBoxAsync(RolloutState.Failed, own.Target, own.Reason, own.Order, cancellationToken)
            : back is not null ? await TellBoxAsync(RolloutState.Failed, back.Version, back.Reason, RolloutReport.Always, cancellationToken)
            : await TellBoxAsync(RolloutState.Idle, "", "", 0, cancellationToken);
        if (answer is not { Verdict: not RolloutVerdict.Stopped, View: { Order: > 0 } view } || !IsWanted(view))
        {
            return parts.Rollout.Poll;
        }

        if (parts.IsComing(view.Target))
        {
            Show(s => s with { Reason = $"the serving board fetches {view.Target} for all" });
            return parts.Rollout.Poll;
        }

        var outcome = await GuardedAsync(token => InstallByHandAsync(new InstallOrder(Version: view.Target), Asker.Box, token), cancellationToken);
        return outcome.Refusal is null ? TimeSpan.Zero : parts.Rollout.Poll;
    }

    // An order counts once: what was refused is tried again when a person orders again, what had to be taken back when a person installs it here.
    private bool IsWanted(RolloutView view)
        => SemanticVersion.Parse(view.Target) is { } version && version > parts.Version && parts.Slot is not null
            && _failedInBox?.Order != view.Order && _state.Failed.All(f => f.Version != view.Target);

    private Task<UpdateOutcome> Remember()
    {
        _state.Save(parts.Storage);
        return Task.FromResult(new UpdateOutcome(null, ""));
    }

    private async Task<RolloutAnswer?> TellBoxAsync(RolloutState state, string target, string reason, int order, CancellationToken cancellationToken)
    {
        if (parts.Turn() is not { } turn)
        {
            return null;
        }

        try
        {
            var answer = await turn.ReportAsync(_member.Report(turn.Board, parts.Version.Text, state, target, reason, order, Now), cancellationToken);
            _member.Hear(answer, Now);
            Rollout = answer.View;
            return answer;
        }
        catch (IOException)
        {
            // The serving board is away; another one takes over, and is told the same.
            return null;
        }
    }

    private bool HasOrders()
    {
        lock (_lock)
        {
            return _orders.Count > 0;
        }
    }

    private bool IsOnTrial() => parts.Slot is { } slot && TrialRecord.Load(parts.Storage)?.Slot == slot.Name;

    // Runs an order; a disk that fails is an outcome, too.
    private async Task<UpdateOutcome> GuardedAsync(Func<CancellationToken, Task<UpdateOutcome>> body, CancellationToken cancellationToken)
    {
        try
        {
            return await body(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var isFull = e is IOException io && Storage.UpdateFolder.IsFull(io);
            return Refuse(new Refusal(isFull ? RefusalCode.DiskTooSmall : RefusalCode.InstallFailed, $"the update folder cannot be used: {e.Message}"), "");
        }
    }

    private UpdateOutcome Refuse(Refusal refusal, string target) => Refuse(refusal, target, UpdatePhase.Failed);

    private UpdateOutcome Refuse(Refusal refusal, string target, UpdatePhase phase)
    {
        _refusals[refusal.Word] = _refusals.GetValueOrDefault(refusal.Word) + 1;
        Show(s => s with
        {
            Phase = phase,
            Reason = refusal.Cause,
            Refusal = refusal.Word,
            RefusalCause = refusal.Cause,
            Remedy = refusal.Remedy,
            Target = target.Length > 0 ? target : s.Target,
            Refusals = new Dictionary<string, long>(_refusals),
        });
        return new UpdateOutcome(refusal, refusal.Cause);
    }

    private void Show(Func<UpdateStatus, UpdateStatus> change)
    {
        var next = change(_status) with { Channel = SnakeCase.Of(parts.Settings().Channel.ToString()) };
        if (next != _status)
        {
            _status = next;
            Changed?.Invoke(next);
        }
    }

    private async Task<UpdateOutcome> OrderAsync(Func<CancellationToken, Task<UpdateOutcome>> body, CancellationToken cancellationToken)
    {
        var order = new Order(body, new TaskCompletionSource<UpdateOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _orders.Enqueue(order);
            _wake?.TrySetResult();
        }

        // A caller that goes away leaves its order: half an installation is nobody's wish.
        await using var leave = cancellationToken.UnsafeRegister(static (state, token) => ((Order)state!).Done.TrySetCanceled(token), order);
        return await order.Done.Task;
    }

    private Order? TakeOrder()
    {
        lock (_lock)
        {
            return _orders.TryDequeue(out var order) ? order : null;
        }
    }

    // An order ends the pause. No task combinators: their continuations leave the caller's scheduler (docs/determinism.md).
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_orders.Count > 0)
            {
                return;
            }

            _wake = wake;
        }

        await using var timer = parts.Time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), wake, TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        await using var stop = cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), wake);
        await wake.Task;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private sealed record Order(Func<CancellationToken, Task<UpdateOutcome>> Body, TaskCompletionSource<UpdateOutcome> Done);
}
