// Requests to services of the same process, without sockets: for the parts of a unified process and for simulations.
using System.Net;
using Skywire.Discovery;

namespace Skywire.Services;

/// <summary>Answers requests by calling the service that has the URL's port. The URL's host is not looked at.</summary>
public sealed class InProcessExchange : IHttpExchange
{
    private readonly IReadOnlyDictionary<int, IHttpService> _services;
    private readonly HttpPeer _peer;

    /// <summary>Requests come from <paramref name="from"/>.</summary>
    public InProcessExchange(IReadOnlyDictionary<int, IHttpService> services, IPAddress from)
    {
        _services = services;
        _peer = new HttpPeer(from, default);
    }

    /// <inheritdoc/>
    public Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(call.Target, UriKind.Absolute, out var uri) || !_services.TryGetValue(uri.Port, out var service))
        {
            return Task.FromException<HttpReply>(new IOException($"no service of this process at {call.Target}"));
        }

        return service.HandleAsync(call with { Target = uri.PathAndQuery }, _peer, cancellationToken);
    }
}
