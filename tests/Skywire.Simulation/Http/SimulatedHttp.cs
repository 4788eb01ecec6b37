// The way out to services over the simulated network.
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Simulation.Http;

/// <summary>Sends each request over a connection of its own, so that delays, cuts and dead hosts show as they do with real HTTP.</summary>
internal sealed class SimulatedHttp(INetwork network) : IHttpExchange
{
    public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var uri = new Uri(call.Target);
        await using var stream = await network.ConnectAsync($"{uri.Host}:{uri.Port}", cancellationToken);
        await HttpFrames.WriteAsync(stream, call with { Target = uri.PathAndQuery }, cancellationToken);
        return await HttpFrames.ReadReplyAsync(stream, cancellationToken);
    }
}
