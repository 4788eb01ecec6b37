// Asks setup nodes for routes (spec 13 §6): the nodes configured are raced, never waited out one after the other.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Dmsg;
using Skywire.Wire;
using Skywire.Wire.Rpc;

namespace Skywire.Routing.Setup;

/// <summary>Settings of the setup client.</summary>
public sealed record SetupClientOptions
{
    /// <summary>The setup nodes, preferred first.</summary>
    public IReadOnlyList<PubKey> Nodes { get; init; } = [];

    /// <summary>A second node is dialled when the first has not taken the stream by then: several times a usual dmsg dial.</summary>
    public TimeSpan Stagger { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Nodes dialled at once.</summary>
    public int Parallel { get; init; } = 3;

    /// <summary>Wait for the answer of a node that took the stream; it has 30 s itself.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Sets routes up through the first setup node that takes the stream; when that one breaks off without an answer, through the next. Thread-safe.</summary>
public sealed class SetupClient : IRouteSetup, IAsyncDisposable
{
    private readonly SetupClientOptions _options;
    private readonly IDmsg _dmsg;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CircuitBreaker _breaker;
    private readonly OwnedTasks _losers;

    /// <summary>Uses, but does not own, the dmsg client.</summary>
    public SetupClient(SetupClientOptions options, IDmsg dmsg, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        _options = options;
        _dmsg = dmsg;
        _time = time;
        _log = loggers.CreateLogger<SetupClient>();
        _losers = new OwnedTasks(e => Log.Unexpected(_log, e));
        _breaker = new CircuitBreaker(CircuitBreakerOptions.Default with { OpenTime = TimeSpan.FromSeconds(30) }, time);
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes { get; } = new("setup-client");

    /// <summary>Forgets which setup nodes failed.</summary>
    public void Renew() => _breaker.Clear();

    /// <inheritdoc/>
    public async Task<EdgeRules> DialRouteGroupAsync(BidirectionalRoute route, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(route);
        var untried = _options.Nodes.ToList();
        var reasons = new List<string>();
        while (untried.Count > 0)
        {
            var stream = await DialAnyAsync(untried, reasons, cancellationToken);
            if (stream is null)
            {
                break;
            }

            untried.Remove(stream.RemoteKey);
            try
            {
                return await CallAsync(stream, route, cancellationToken);
            }
            catch (ProtocolException e) when (e.Error != ProtocolError.SetupRefused)
            {
                Causes.Add(e.Error);
                Log.SetupNodeFailed(_log, stream.RemoteKey, e.Message);
                reasons.Add($"{stream.RemoteKey.ToShortString()}: {e.Message}");
            }
        }

        Causes.Add(ProtocolError.NoSetupNode);
        var details = reasons.Count == 0 ? "none is configured" : string.Join("; ", reasons);
        throw new ProtocolException(ProtocolError.NoSetupNode, "failed to dial to a setup node: " + details);
    }

    /// <summary>Waits for dials that lost their race.</summary>
    public async ValueTask DisposeAsync() => await _losers.WhenIdleAsync();

    private async Task<IDmsgStream?> DialAnyAsync(List<PubKey> nodes, List<string> reasons, CancellationToken cancellationToken)
    {
        var race = new StaggeredRace<IDmsgStream>(_options.Stagger, _options.Parallel, _time, static stream => stream.DisposeAsync());
        foreach (var node in nodes)
        {
            race.Add(token => DialAsync(node, token));
        }

        race.Complete();
        try
        {
            return await race.RunAsync(cancellationToken);
        }
        catch (RaceLostException e)
        {
            nodes.Clear();
            reasons.AddRange(e.Failures.Select(failure => failure.Message));
            return null;
        }
        finally
        {
            _losers.Add(race.DisposeAsync().AsTask());
        }
    }

    private async Task<IDmsgStream> DialAsync(PubKey node, CancellationToken cancellationToken)
    {
        using var permit = _breaker.TryEnter(node) ?? throw new ProtocolException(ProtocolError.NoSetupNode, $"{node.ToShortString()}: has failed repeatedly and is left alone for a while");
        try
        {
            var stream = await _dmsg.DialAsync(node, DmsgPorts.SetupNode, cancellationToken);
            permit.Succeed();
            return stream;
        }
        catch (IOException e)
        {
            permit.Fail();
            Log.SetupNodeFailed(_log, node, e.Message);
            throw new ProtocolException(ProtocolError.NoSetupNode, $"{node.ToShortString()}: {e.Message}", e);
        }
    }

    private async Task<EdgeRules> CallAsync(IDmsgStream stream, BidirectionalRoute route, CancellationToken cancellationToken)
    {
        await using var client = new RpcClient(stream);
        using var timer = new CancellationTokenSource(_options.CallLimit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            var reply = await client.CallAsync(SetupGob.DialRouteGroup, SetupGob.RouteType, SetupGob.Of(route), linked.Token);
            return SetupGob.TryRead(reply, out EdgeRules? rules) ? rules! : throw new ProtocolException(ProtocolError.BadGob, "the setup node's answer cannot be read");
        }
        catch (RpcException e)
        {
            Causes.Add(ProtocolError.SetupRefused);
            throw new ProtocolException(ProtocolError.SetupRefused, $"setup node {stream.RemoteKey.ToShortString()}: {e.Message}", e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProtocolException(ProtocolError.TimedOut, "the setup node did not answer in time");
        }
    }
}
