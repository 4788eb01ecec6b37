// A hook for making a transport to the destination beside the search for a route, never in front of it.
using Skywire.Crypto;

namespace Skywire.Routing;

/// <summary>Tries to make a direct transport (spec 10 §9.2). The reference does so before it asks for a route, and waits minutes where the peer cannot be reached; here it runs beside.</summary>
public interface IDirectTransportAttempt
{
    /// <summary>Completes when a transport to the peer is up. Throws <see cref="IOException"/> when none could be made. The token ends with the dial.</summary>
    Task TryAsync(PubKey remote, CancellationToken cancellationToken);
}
