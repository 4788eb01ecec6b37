// Joined is measured: the serving board answered since it took over, and a link to another member is up. A board that took over itself must have heard that member since: its link may be as dead as the board it replaces.
using Skywire.Discovery;
using Skywire.Visor.Api.Model;
using Skywire.Wire;

namespace Skywire.Visor.Box;

internal sealed partial class BoxHost
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbeRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(3);

    // A serving board that cannot reach its own services for so many questions gives them up, so that another one takes over.
    private const int OwnFailures = 3;

    private volatile Answer _answer = new(false, "listening for the box", default, default);

    /// <summary>Why the box does not count as joined; empty when it does.</summary>
    public string NotJoinedReason
    {
        get
        {
            var answer = _answer;
            return _problem.Length > 0 && !answer.Ok ? _problem
                : !answer.Ok ? answer.Reason
                : Volatile.Read(ref _members).Count == 0 ? "no other board of the box is seen"
                : LinkedMembers() == 0 ? "no link to another board of the box is up yet"
                : "";
        }
    }

    /// <summary>The box at a glance.</summary>
    public BoxView View()
    {
        IReadOnlyDictionary<Discovery.Box.BeaconRefusal, long> refusals;
        (long heard, long sent, string role, ulong term) facts;
        lock (_lock)
        {
            refusals = _node.Refusals;
            facts = (_node.Heard, _node.Sent, WordOf(_node.Role), _node.Term);
        }

        var reason = NotJoinedReason;
        var serving = _serving;
        return new BoxView
        {
            MeshName = _config.MeshName,
            MeshId = Convert.ToHexStringLower(_secret.MeshId),
            Role = facts.role,
            Joined = reason.Length == 0,
            Reason = reason,
            Problem = _problem,
            Since = _answer.Ok ? _answer.Since : null,
            Serving = serving is null ? null : new BoxServingView(serving.Key.ToString(), serving.Name, Endpoints.Address?.ToString() ?? "", serving.IsSelf, facts.term),
            Members = [.. Volatile.Read(ref _members).Select(m => new BoxMemberView(
                m.Key.ToString(), m.Name, m.Addresses.Count > 0 ? m.Addresses[0].ToString() : "", m.Key == serving?.Key, _parts?.Transports.FindByRemote(m.Key) is not null, Math.Round(m.Silence.TotalSeconds, 1)))],
            Takeovers = Interlocked.Read(ref _takeovers),
            Ways = _channel?.Ways ?? 0,
            BeaconsSent = facts.sent,
            BeaconsHeard = facts.heard,
            BeaconsRefused = refusals.Where(r => r.Value > 0).ToDictionary(r => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(r.Key.ToString()), r => r.Value),
        };
    }

    private static string WordOf(Discovery.Box.BoxRole role) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString());

    private int LinkedMembers()
    {
        var sinceAnswer = TimeSpan.FromTicks(Volatile.Read(ref _membersAt)) - _answer.At;
        var tookOver = _serving is { IsSelf: true };
        return Volatile.Read(ref _members).Count(m => (!tookOver || m.Silence < sinceAnswer) && _parts?.Transports.FindByRemote(m.Key) is not null);
    }

    private void Lose(string reason) => _answer = new Answer(false, reason, default, default);

    private async Task ProbeLoopAsync()
    {
        await Task.Yield();
        var failures = 0;
        try
        {
            while (true)
            {
                await WaitAsync(_ask, _answer.Ok ? ProbeInterval : ProbeRetry, _stop.Token);
                if (_serving is not { } serving)
                {
                    failures = 0;
                    continue;
                }

                var failure = await ProbeAsync();
                if (_serving != serving)
                {
                    failures = 0;
                    continue;
                }

                failures = failure is null ? 0 : failures + 1;
                if (failure is null && !_answer.Ok)
                {
                    _answer = new Answer(true, "", _world.Time.GetUtcNow(), Now);
                    await RenewAsync();
                }
                else if (failure is not null)
                {
                    Lose($"board {Called(serving)} does not answer: {failure}");
                }

                if (serving.IsSelf && failures >= OwnFailures)
                {
                    failures = 0;
                    OnFailed($"its own services do not answer: {failure}");
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The visor stops.
        }
    }

    // Null when the services answered, else why not.
    private async Task<string?> ProbeAsync()
    {
        using var limit = new CancellationTokenSource(ProbeLimit, _world.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            var reply = await Endpoints.SendAsync(new HttpCall("GET", BoxPlan.UrlOf(Services.ServiceKind.DmsgDiscovery) + "/health", [], default), either.Token);
            return reply.Status == 200 ? null : $"status {reply.Status}";
        }
        catch (IOException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return $"nothing within {ProbeLimit.TotalSeconds:0} s";
        }
    }

    // New services know nobody: everybody introduces himself at once instead of at the next refresh.
    private async Task RenewAsync()
    {
        _parts?.Dmsg?.Renew(DmsgServer);
        _parts?.Stcpr?.Renew();
        _parts?.Routing.Renew();
        _parts?.Transports.Renew();
        if (_relist is { } relist)
        {
            try
            {
                await relist(_stop.Token);
            }
            catch (IOException e)
            {
                Visor.Log.ListingFailed(_log, "apps", e.Message);
            }
        }
    }

    private sealed record Answer(bool Ok, string Reason, DateTimeOffset Since, TimeSpan At);
}
