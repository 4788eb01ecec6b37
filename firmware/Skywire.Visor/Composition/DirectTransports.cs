// Makes a direct transport while a route is searched, as the reference does in front of it (spec 10 §9.2).
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Routing;
using Skywire.Transport;

namespace Skywire.Visor.Composition;

/// <summary>Tries stcpr. Not dmsg: a direct transport over a relay is no shorter than the route that is being searched.</summary>
internal sealed class DirectTransports(TransportManager manager) : IDirectTransportAttempt
{
    /// <inheritdoc/>
    public Task TryAsync(PubKey remote, CancellationToken cancellationToken) => manager.SaveAsync(remote, TransportTypes.Stcpr, TransportLabels.Automatic, cancellationToken);
}
