// The setup node: installs a route on every visor of a path on behalf of the dialler (spec 13 §4).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Dmsg;
using Skywire.Wire;
using Skywire.Wire.Rpc;

namespace Skywire.Routing.Setup;

/// <summary>Settings of a setup node.</summary>
public sealed record SetupNodeOptions
{
    /// <summary>The defaults.</summary>
    public static SetupNodeOptions Default { get; } = new();

    /// <summary>Lets a caller set up routes that do not start at itself, as the reference does. Off: anyone could spend other visors' routes.</summary>
    public bool AllowForeignRoutes { get; init; }

    /// <summary>Requests at once (spec 23 §2).</summary>
    public int MaxHandlers { get; init; } = 512;

    /// <summary>Time of one request (spec 13 §4).</summary>
    public TimeSpan RequestLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Life of one connection (spec 23 §2).</summary>
    public TimeSpan ConnectionLimit { get; init; } = TimeSpan.FromSeconds(70);

    /// <summary>Time to reach one hop, tries included: a visor that hangs is a failure of that visor and must leave time to say so.</summary>
    public TimeSpan HopDialLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Tries to reach a hop whose session was just not there (dmsg error 202, spec 23 §2).</summary>
    public int DialTries { get; init; } = 3;

    /// <summary>Pause after the first such try; it doubles.</summary>
    public TimeSpan DialPause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The breaker per visor.</summary>
    public CircuitBreakerOptions Breaker { get; init; } = CircuitBreakerOptions.Default;
}

/// <summary>Serves <c>SetupRPCGateway</c> on dmsg port 36. Owns its listener and streams.</summary>
public sealed class SetupNode : IAsyncDisposable
{
    private readonly SetupNodeOptions _options;
    private readonly IDmsg _dmsg;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CircuitBreaker _breaker;
    private readonly OwnedTasks _tasks;
    private readonly CancellationTokenSource _life = new();
    private readonly long[] _failures = new long[Enum.GetValues<SetupFailure>().Length];
    private IDmsgListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private long _succeeded;
    private int _handlers;

    /// <summary>Uses, but does not own, the dmsg client.</summary>
    public SetupNode(SetupNodeOptions options, IDmsg dmsg, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        _options = options;
        _dmsg = dmsg;
        _time = time;
        _log = loggers.CreateLogger<SetupNode>();
        _tasks = new OwnedTasks(e => Log.Unexpected(_log, e));
        _breaker = new CircuitBreaker(options.Breaker, time);
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes { get; } = new("setup-node");

    /// <summary>Routes set up.</summary>
    public long Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>Routes not set up, by class.</summary>
    public long Failures(SetupFailure @class) => Volatile.Read(ref _failures[(int)@class]);

    /// <summary>Listens on dmsg port 36. Throws <see cref="ProtocolException"/> when it is taken.</summary>
    public Task StartAsync()
    {
        _listener = _dmsg.Listen(DmsgPorts.SetupNode);
        _accepting = AcceptLoop.RunAsync(_listener, _time, Causes, Admit, _life.Token);
        Log.SetupNodeStarted(_log, DmsgPorts.SetupNode);
        return Task.CompletedTask;
    }

    /// <summary>Stops accepting and closes the streams.</summary>
    public async ValueTask DisposeAsync()
    {
        _life.Cancel();
        if (_listener is { } listener)
        {
            await listener.DisposeAsync();
        }

        await _accepting;
        await _tasks.WhenIdleAsync();
    }

    /// <summary>Sets up one route for a caller; public face of the RPC method. Throws <see cref="SetupFailedException"/>.</summary>
    internal async Task<EdgeRules> DialRouteGroupAsync(PubKey caller, BidirectionalRoute route, CancellationToken cancellationToken)
    {
        var reason = RulePlan.Validate(route);
        if (reason is null && !_options.AllowForeignRoutes && caller != route.Descriptor.SourceKey)
        {
            reason = "the caller is not the source of the route";
        }

        if (reason is not null)
        {
            throw new SetupFailedException(SetupFailure.InvalidRoute, reason);
        }

        var installation = new RouteInstallation(route, _options, _dmsg, _breaker, _time, cancellationToken);
        try
        {
            return await installation.RunAsync();
        }
        finally
        {
            // Hops still being dialled are not cancelled by another's failure; they finish on their own limit.
            _tasks.Add(installation.DisposeAsync().AsTask());
        }
    }

    private void Admit(IDmsgStream stream)
    {
        if (Interlocked.Increment(ref _handlers) > _options.MaxHandlers)
        {
            Interlocked.Decrement(ref _handlers);
            Count(SetupFailure.ConcurrencyLimit);
            Causes.Add(ProtocolError.LimitReached);
            stream.Abort();
            return;
        }

        _tasks.Add(ServeAsync(stream));
    }

    private async Task ServeAsync(IDmsgStream stream)
    {
        await Task.Yield();
        var caller = stream.RemoteKey;
        var server = new RpcServer();
        server.Register(SetupGob.DialRouteGroup, SetupGob.EdgeRulesType, async (argument, cancellationToken) => SetupGob.Of(await HandleAsync(caller, argument, cancellationToken)));
        using var timer = new CancellationTokenSource(_options.ConnectionLimit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _life.Token);
        try
        {
            await server.ServeAsync(stream, linked.Token);
        }
        catch (OperationCanceledException)
        {
            Causes.Add(ProtocolError.TimedOut);
        }
        finally
        {
            Interlocked.Decrement(ref _handlers);
        }
    }

    private async Task<EdgeRules> HandleAsync(PubKey caller, Wire.Gob.GobValue argument, CancellationToken cancellationToken)
    {
        if (!SetupGob.TryRead(argument, out BidirectionalRoute? route))
        {
            Count(SetupFailure.InvalidRoute);
            throw new RpcException("malformed route");
        }

        try
        {
            var rules = await DialRouteGroupAsync(caller, route!, cancellationToken);
            Interlocked.Increment(ref _succeeded);
            return rules;
        }
        catch (SetupFailedException e)
        {
            Count(e.Class);
            Log.SetupFailed(_log, route!.Descriptor, e.Class, e.Message);
            throw new RpcException(e.Message);
        }
        catch (OperationCanceledException)
        {
            Count(SetupFailure.ContextCanceled);
            throw;
        }
    }

    private void Count(SetupFailure @class) => Interlocked.Increment(ref _failures[(int)@class]);
}
