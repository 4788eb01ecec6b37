// HTTP without a stack: the visor fills it with the platform's client and server, simulation with a direct call.
using System.Net;
using Skywire.Crypto;

namespace Skywire.Discovery;

/// <summary>One request. <paramref name="Target"/> is an absolute URL for clients, path and query for services.</summary>
public sealed record HttpCall(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>First header of this name, any case; null when absent.</summary>
    public string? Header(string name)
    {
        foreach (var (key, value) in Headers)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}

/// <summary>One answer.</summary>
public sealed record HttpReply(int Status, string ContentType, ReadOnlyMemory<byte> Body);

/// <summary>Sends requests. Throws <see cref="IOException"/> when no answer came; bodies above its limit are an error.</summary>
public interface IHttpExchange
{
    /// <summary>Sends one request and reads the whole answer.</summary>
    Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken);
}

/// <summary>Who sent a request: the address of the TCP peer, or the key of the dmsg stream.</summary>
public readonly record struct HttpPeer(IPAddress? Address, PubKey DmsgKey);

/// <summary>A service's logic: request in, answer out, no sockets. Thread-safe.</summary>
public interface IHttpService
{
    /// <summary>Answers one request; never throws for what a caller sends.</summary>
    Task<HttpReply> HandleAsync(HttpCall call, HttpPeer peer, CancellationToken cancellationToken);
}
