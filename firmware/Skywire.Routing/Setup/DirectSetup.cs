// One-hop set-up without a setup node, where a transport to the destination exists (spec 13 §7).
using Skywire.Crypto;
using Skywire.Dmsg;
using Skywire.Wire;
using Skywire.Wire.Rpc;

namespace Skywire.Routing.Setup;

/// <summary>Settings of direct set-up.</summary>
public sealed record DirectSetupOptions
{
    /// <summary>The defaults.</summary>
    public static DirectSetupOptions Default { get; } = new();

    /// <summary>A peer that refused is asked again after this; 2024 peers never answer otherwise (spec 13 §7).</summary>
    public TimeSpan RefusalMemory { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>All calls together; they are two round trips to a neighbour.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Peers remembered; the oldest is forgotten first.</summary>
    public int MaxRefusals { get; init; } = 1024;
}

/// <summary>Reserves and installs the destination's rules itself, on the destination's port 136. Thread-safe.</summary>
public sealed class DirectSetup : IRouteSetup
{
    private const int IdsPerVisor = 2;

    private readonly DirectSetupOptions _options;
    private readonly PubKey _localKey;
    private readonly IDmsg _dmsg;
    private readonly ISetupTarget _self;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<PubKey, long> _refused = [];

    /// <summary>Uses, but does not own, what it is given; own route IDs are reserved at <paramref name="self"/>.</summary>
    public DirectSetup(DirectSetupOptions options, IDmsg dmsg, ISetupTarget self, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dmsg);
        _options = options;
        _localKey = dmsg.LocalKey;
        _dmsg = dmsg;
        _self = self;
        _time = time;
    }

    /// <summary>False while the peer is remembered for having refused.</summary>
    public bool MayTry(PubKey peer)
    {
        lock (_lock)
        {
            return !_refused.TryGetValue(peer, out var since) || _time.GetElapsedTime(since) >= _options.RefusalMemory;
        }
    }

    /// <inheritdoc/>
    public async Task<EdgeRules> DialRouteGroupAsync(BidirectionalRoute route, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(route);
        if (route.Forward.Count != 1 || route.Reverse.Count != 1 || RulePlan.Validate(route) is not null)
        {
            throw new ProtocolException(ProtocolError.SetupRefused, "direct set-up is for one hop");
        }

        var peer = route.Descriptor.DestinationKey;
        if (!MayTry(peer))
        {
            throw new ProtocolException(ProtocolError.SetupRefused, "the peer refused direct set-up not long ago");
        }

        using var timer = new CancellationTokenSource(_options.Limit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await using var calls = await VisorCalls.DialAsync(_dmsg, peer, linked.Token);
            return await InstallAsync(route, calls, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProtocolException(ProtocolError.TimedOut, "direct set-up was not finished in time");
        }
    }

    private async Task<EdgeRules> InstallAsync(BidirectionalRoute route, VisorCalls calls, CancellationToken cancellationToken)
    {
        try
        {
            var theirs = await calls.ReserveAsync(IdsPerVisor, cancellationToken);
            var ours = _self.ReserveIds(_localKey, IdsPerVisor) ?? throw new ProtocolException(ProtocolError.NoRouteIds, "no route IDs left here");
            var ids = new Dictionary<PubKey, Queue<uint>> { [_localKey] = new(ours), [calls.Visor] = new(theirs) };
            var plan = RulePlan.Build(route, ids)!;
            await calls.AddEdgeRulesAsync(plan.Responder, cancellationToken);
            return plan.Initiator;
        }
        catch (IOException e) when (e is RpcException or ProtocolException { Error: not ProtocolError.NoRouteIds })
        {
            // A 2024 peer just closes the stream; a 2026 peer answers with a text.
            Remember(calls.Visor);
            throw new ProtocolException(ProtocolError.SetupRefused, "the peer refused direct set-up: " + e.Message, e);
        }
    }

    private void Remember(PubKey peer)
    {
        lock (_lock)
        {
            _refused.Remove(peer);
            if (_refused.Count >= _options.MaxRefusals)
            {
                _refused.RemoveAt(0);
            }

            _refused.Add(peer, _time.GetTimestamp());
        }
    }
}
