// What every HTTP service is made of, so that each holds only its own end points and rules.
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Services.Http;

/// <summary>A service answering from its end points, which the derived constructor adds. Thread-safe from then on.</summary>
internal abstract class EndpointService(string name, ServiceContext context, bool nonces) : IHttpService
{
    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => Endpoints.Causes;

    protected TimeProvider Time { get; } = context.Time;

    protected MonitorGate Monitors { get; } = new(context.Monitors);

    protected EndpointTable Endpoints { get; } = new(name, context, nonces);

    public Task<HttpReply> HandleAsync(HttpCall call, HttpPeer peer, CancellationToken cancellationToken) => Task.FromResult(Endpoints.Handle(call, peer));
}
