// One route being installed on all its visors, every step at all visors at the same time (spec 13 §4).
using Skywire.Crypto;
using Skywire.Dmsg;
using Skywire.Wire;

namespace Skywire.Routing.Setup;

/// <summary>
/// Runs once. Order of the steps: dial all, reserve everywhere, middle rules, destination, answer to the source: what a failure leaves behind are reservations, which
/// expire within a minute, and only after a failure at the destination middle rules, which no packet keeps alive. The first failure ends <see cref="RunAsync"/> but
/// cancels no sibling; <see cref="DisposeAsync"/> waits for them.
/// </summary>
internal sealed class RouteInstallation(BidirectionalRoute route, SetupNodeOptions options, IDmsg dmsg, CircuitBreaker breaker, TimeProvider time, CancellationToken caller) : IAsyncDisposable
{
    private readonly CancellationTokenSource _limit = new(options.RequestLimit, time);
    private readonly OrderedDictionary<PubKey, Task<VisorCalls>> _dials = [];
    private readonly List<Task> _steps = [];

    public async Task<EdgeRules> RunAsync()
    {
        var counts = RulePlan.CountIds(route);
        foreach (var (visor, _) in counts)
        {
            _dials.Add(visor, DialAsync(visor));
        }

        await AllAsync(_dials.Values);
        var reserved = counts.Select(pair => ReserveAsync(pair.Key, pair.Value)).ToList();
        await AllAsync(reserved);
        var ids = new Dictionary<PubKey, Queue<uint>>();
        for (var i = 0; i < counts.Count; i++)
        {
            ids[counts[i].Key] = new Queue<uint>(await reserved[i]);
        }

        var plan = RulePlan.Build(route, ids) ?? throw new SetupFailedException(SetupFailure.RuleGeneration, "id reservoir has no key");
        await AllAsync(plan.Intermediary.Select(pair => AddIntermediaryRulesAsync(pair.Key, pair.Value)).ToList());
        await AllAsync([AddEdgeRulesAsync(plan.Responder)]);
        return plan.Initiator;
    }

    /// <summary>Waits for everything still under way and closes the streams. Never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var step in _steps)
        {
            await Task.WhenAny(step);
        }

        foreach (var dial in _dials.Values)
        {
            if (dial.IsCompletedSuccessfully)
            {
                await (await dial).DisposeAsync();
            }
        }

        _limit.Dispose();
    }

    private async Task<VisorCalls> DialAsync(PubKey visor)
    {
        using var permit = breaker.TryEnter(visor) ?? throw new SetupFailedException(SetupFailure.CircuitOpen, $"failed to instantiate route id reserver: {visor} has failed repeatedly and is left alone for a while");
        using var timer = new CancellationTokenSource(options.HopDialLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _limit.Token);
        var pause = options.DialPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var calls = await VisorCalls.DialAsync(dmsg, visor, limit.Token);
                permit.Succeed();
                return calls;
            }
            catch (ProtocolException e) when (e.Error == ProtocolError.NoNextSession && attempt < options.DialTries)
            {
                await Task.Delay(pause, time, _limit.Token);
                pause *= 2;
            }
            catch (IOException e)
            {
                permit.Fail();
                throw Unreachable(visor, e.Message, e);
            }
            catch (OperationCanceledException e) when (!_limit.IsCancellationRequested)
            {
                permit.Fail();
                throw Unreachable(visor, "no answer in time", e);
            }
        }
    }

    private SetupFailedException Unreachable(PubKey visor, string reason, Exception inner) =>
        new(ClassOf(visor), $"failed to instantiate route id reserver: a dial attempt failed with: {visor.ToShortString()}: {reason}", inner);

    private async Task<uint[]> ReserveAsync(PubKey visor, int count)
    {
        try
        {
            return await (await _dials[visor]).ReserveAsync(count, _limit.Token);
        }
        catch (IOException e)
        {
            throw new SetupFailedException(SetupFailure.IdReservation, $"failed to reserve route ids: reserve routeID from {visor} failed: {e.Message}", e);
        }
    }

    private async Task AddIntermediaryRulesAsync(PubKey visor, IReadOnlyList<byte[]> rules)
    {
        try
        {
            await (await _dials[visor]).AddIntermediaryRulesAsync(rules, _limit.Token);
        }
        catch (IOException e)
        {
            throw new SetupFailedException(SetupFailure.IntermediaryRules, $"failed to add intermediary rules at {visor}: {e.Message}", e);
        }
    }

    private async Task AddEdgeRulesAsync(EdgeRules rules)
    {
        try
        {
            await (await _dials[route.Descriptor.DestinationKey]).AddEdgeRulesAsync(rules, _limit.Token);
        }
        catch (IOException e)
        {
            throw new SetupFailedException(SetupFailure.DestinationRules, $"failed to broadcast rules to destination router: {e.Message}", e);
        }
    }

    // Ends with the first failure, or when the caller has gone; siblings run on.
    private async Task AllAsync(IReadOnlyCollection<Task> tasks)
    {
        _steps.AddRange(tasks);
        var open = tasks.ToList();
        while (open.Count > 0)
        {
            var done = await Task.WhenAny(open).WaitAsync(caller);
            open.Remove(done);
            try
            {
                await done;
            }
            catch (OperationCanceledException) when (_limit.IsCancellationRequested)
            {
                throw new SetupFailedException(SetupFailure.ContextDeadline, "the time for setting up the route was used up");
            }
        }
    }

    private SetupFailure ClassOf(PubKey visor) =>
        visor == route.Descriptor.SourceKey ? SetupFailure.SourceUnreachable
        : visor == route.Descriptor.DestinationKey ? SetupFailure.DestinationUnreachable
        : SetupFailure.IntermediateUnreachable;
}
