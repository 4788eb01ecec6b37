// The visor's side of route set-up: RPCGateway on dmsg port 136 (spec 13 §5, §7).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Dmsg;
using Skywire.Wire;
using Skywire.Wire.Gob;
using Skywire.Wire.Rpc;

namespace Skywire.Routing.Setup;

/// <summary>Settings of the set-up service of a visor.</summary>
public sealed record SetupServerOptions
{
    /// <summary>Setup nodes that may install any rule; everybody else is admitted only for one direct hop.</summary>
    public IReadOnlyList<PubKey> Trusted { get; init; } = [];

    /// <summary>Admits neighbours with a live transport for direct one-hop set-up (spec 13 §7).</summary>
    public bool AllowDirect { get; init; } = true;

    /// <summary>Streams at once: several setup nodes working flat out.</summary>
    public int MaxStreams { get; init; } = 256;

    /// <summary>Streams at once of one neighbour; a dial needs one.</summary>
    public int MaxDirectStreams { get; init; } = 4;

    /// <summary>Life of a neighbour's stream (spec 13 §7).</summary>
    public TimeSpan DirectLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Life of a setup node's stream: a request has 30 s; the reference cuts connections at 70 s (spec 23 §2).</summary>
    public TimeSpan TrustedLimit { get; init; } = TimeSpan.FromSeconds(70);
}

/// <summary>Accepts set-up streams and serves them against an <see cref="ISetupTarget"/>. Owns its listener and streams.</summary>
public sealed class SetupServer : IAsyncDisposable
{
    /// <summary>Most IDs a neighbour may reserve (spec 13 §7).</summary>
    internal const int MaxDirectIds = 4;

    private const int MaxIds = byte.MaxValue;

    private readonly SetupServerOptions _options;
    private readonly IDmsg _dmsg;
    private readonly ISetupTarget _target;
    private readonly ITransportTable _transports;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HashSet<PubKey> _trusted;
    private readonly Lock _lock = new();
    private readonly Dictionary<PubKey, int> _direct = [];
    private readonly OwnedTasks _streams;
    private readonly CancellationTokenSource _life = new();
    private IDmsgListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _open;

    /// <summary>Uses, but does not own, what it is given.</summary>
    public SetupServer(SetupServerOptions options, IDmsg dmsg, ISetupTarget target, ITransportTable transports, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        _options = options;
        _dmsg = dmsg;
        _target = target;
        _transports = transports;
        _time = time;
        _log = loggers.CreateLogger<SetupServer>();
        _streams = new OwnedTasks(e => Log.Unexpected(_log, e));
        _trusted = [.. options.Trusted];
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes { get; } = new("setup-server");

    /// <summary>Listens on dmsg port 136. Throws <see cref="ProtocolException"/> when it is taken.</summary>
    public Task StartAsync()
    {
        _listener = _dmsg.Listen(DmsgPorts.VisorSetup);
        _accepting = AcceptAsync(_listener);
        Log.SetupServerStarted(_log, DmsgPorts.VisorSetup, _trusted.Count);
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
        await _streams.WhenIdleAsync();
    }

    private Task AcceptAsync(IDmsgListener listener) => AcceptLoop.RunAsync(listener, _time, Causes, Admit, _life.Token);

    private void Admit(IDmsgStream stream)
    {
        var caller = stream.RemoteKey;
        var isTrusted = _trusted.Contains(caller);
        var refusal = ProtocolError.None;
        lock (_lock)
        {
            var direct = _direct.GetValueOrDefault(caller);
            if (_open >= _options.MaxStreams || (!isTrusted && direct >= _options.MaxDirectStreams))
            {
                refusal = ProtocolError.LimitReached;
            }
            else if (!isTrusted && (!_options.AllowDirect || _transports.FindByRemote(caller) is null))
            {
                refusal = ProtocolError.NotTrusted;
            }
            else
            {
                _open++;
                if (!isTrusted)
                {
                    _direct[caller] = direct + 1;
                }
            }
        }

        if (refusal != ProtocolError.None)
        {
            Causes.Add(refusal);
            Log.SetupCallerRefused(_log, caller, refusal);
            stream.Abort();
            return;
        }

        _streams.Add(ServeAsync(stream, caller, isTrusted));
    }

    private async Task ServeAsync(IDmsgStream stream, PubKey caller, bool isTrusted)
    {
        await Task.Yield();
        using var timer = new CancellationTokenSource(isTrusted ? _options.TrustedLimit : _options.DirectLimit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _life.Token);
        try
        {
            await new Session(this, caller, isTrusted).Server.ServeAsync(stream, linked.Token);
        }
        catch (OperationCanceledException)
        {
            Causes.Add(ProtocolError.TimedOut);
        }
        finally
        {
            lock (_lock)
            {
                _open--;
                if (!isTrusted && (_direct[caller] -= 1) == 0)
                {
                    _direct.Remove(caller);
                }
            }
        }
    }

    /// <summary>The methods as one caller may use them.</summary>
    private sealed class Session
    {
        private readonly SetupServer _owner;
        private readonly PubKey _caller;
        private readonly bool _isTrusted;
        private bool _hasReserved;
        private bool _hasAddedEdge;

        public Session(SetupServer owner, PubKey caller, bool isTrusted)
        {
            _owner = owner;
            _caller = caller;
            _isTrusted = isTrusted;
            Server.Register(SetupGob.ReserveIds, SetupGob.RouteIdsType, (argument, _) => Task.FromResult(Reserve(argument)));
            Server.Register(SetupGob.AddIntermediaryRules, GobType.Bool, (argument, _) => Task.FromResult(AddIntermediaryRules(argument)));
            Server.Register(SetupGob.AddEdgeRules, GobType.Bool, (argument, _) => Task.FromResult(AddEdgeRules(argument)));
        }

        public RpcServer Server { get; } = new();

        private GobValue Reserve(GobValue argument)
        {
            const int Code = 4;
            var count = argument.AsUInt;
            if (!_isTrusted && (_hasReserved || count > MaxDirectIds))
            {
                throw Refuse(Code, ProtocolError.LimitReached, $"a neighbour may reserve once, at most {MaxDirectIds} route IDs");
            }

            if (count > MaxIds)
            {
                throw Refuse(Code, ProtocolError.LimitReached, $"at most {MaxIds} route IDs");
            }

            _hasReserved = true;
            return SetupGob.Of(_owner._target.ReserveIds(_caller, (int)count) ?? throw Refuse(Code, ProtocolError.NoRouteIds, "no available routeIDs"));
        }

        private GobValue AddIntermediaryRules(GobValue argument)
        {
            const int Code = 1;
            if (!_isTrusted)
            {
                throw Refuse(Code, ProtocolError.NotTrusted, "not a trusted setup node");
            }

            return SetupGob.TryRead(argument, out byte[][]? rules)
                ? Answer(Code, _owner._target.AddIntermediaryRules(_caller, rules!))
                : throw Refuse(Code, ProtocolError.BadRule, "malformed list of rules");
        }

        private GobValue AddEdgeRules(GobValue argument)
        {
            const int Code = 2;
            if (!SetupGob.TryRead(argument, out EdgeRules? rules))
            {
                throw Refuse(Code, ProtocolError.BadRule, "malformed edge rules");
            }

            if (!_isTrusted && (_hasAddedEdge || !IsOneHop(rules!)))
            {
                throw Refuse(Code, ProtocolError.NotTrusted, "a neighbour may set up one route, of one hop, from itself");
            }

            _hasAddedEdge = true;
            return Answer(Code, _owner._target.AddEdgeRules(_caller, rules!));
        }

        private bool IsOneHop(EdgeRules rules) =>
            rules.Descriptor.SourceKey == _caller
            && RoutingRule.TryParse(rules.Forward, out var forward)
            && _owner._transports.Find(forward!.NextTransportId) is { } transport
            && transport.RemoteKey == _caller;

        private static GobValue Answer(int code, string reason) => reason.Length == 0 ? GobValue.Of(true) : throw new RpcException(Text(code, reason));

        private RpcException Refuse(int code, ProtocolError cause, string reason)
        {
            _owner.Causes.Add(cause);
            return new RpcException(Text(code, reason));
        }

        // The form of the reference (spec 13 §2.1).
        private static string Text(int code, string reason) => $"failure code {code} ({reason})";
    }
}
