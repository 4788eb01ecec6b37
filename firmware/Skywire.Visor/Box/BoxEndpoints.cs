// One name for the services of the box, whichever board runs them: clients are configured once, and what stands behind the name changes under them.
using System.Net;
using System.Net.Sockets;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Visor.Box;

/// <summary>
/// Stands before TCP and HTTP and replaces the host <see cref="Name"/> by the address of the board that serves now. Calls under way end when that changes: waiting out the time limits of a
/// board that is gone would take longer than everything else a takeover needs. Thread-safe.
/// </summary>
internal sealed class BoxEndpoints(INetwork network, IHttpExchange? http) : INetwork, IHttpExchange, IDisposable
{
    /// <summary>The name; under a domain reserved for private use, never asked of any resolver.</summary>
    public const string Name = "box.skywire.internal";

    private readonly Lock _lock = new();
    private CancellationTokenSource _changed = new();
    private IPAddress? _address;

    /// <summary>Where the services are; null: nowhere.</summary>
    public IPAddress? Address
    {
        get
        {
            lock (_lock)
            {
                return _address;
            }
        }
    }

    /// <summary>The URL of a service by its port, under the stable name.</summary>
    public static string UrlOf(int port) => $"http://{Name}:{port}";

    /// <summary>From now on the name stands for <paramref name="address"/>. With <paramref name="endCalls"/> calls under way end, also when the address stays: another process may be behind it.</summary>
    public void Point(IPAddress? address, bool endCalls)
    {
        CancellationTokenSource? ended = null;
        lock (_lock)
        {
            _address = address;
            if (endCalls)
            {
                ended = _changed;
                _changed = new CancellationTokenSource();
            }
        }

        ended?.Cancel();
        ended?.Dispose();
    }

    /// <summary>The name stands for nothing from now on; everything else still passes.</summary>
    public void Dispose()
    {
        Point(null, endCalls: true);
        _changed.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask<IByteStream> ConnectAsync(string address, CancellationToken cancellationToken)
    {
        var colon = address.LastIndexOf(':');
        if (colon < 0 || !IsName(address.AsSpan(0, colon)))
        {
            return await network.ConnectAsync(address, cancellationToken);
        }

        var (ip, changed) = Now();
        return await UntilChangedAsync(token => network.ConnectAsync(Literal(ip) + address[colon..], token).AsTask(), changed, cancellationToken);
    }

    /// <inheritdoc/>
    public IStreamListener Listen(IPEndPoint local) => network.Listen(local);

    /// <inheritdoc/>
    public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        if (http is null || !Uri.TryCreate(call.Target, UriKind.Absolute, out var uri) || !IsName(uri.Host))
        {
            return await (http ?? throw new IOException("no way to HTTP services here")).SendAsync(call, cancellationToken);
        }

        // The address and not the name goes into the call: connections kept for later belong to a board, not to the name.
        var (ip, changed) = Now();
        var target = $"{uri.Scheme}://{Literal(ip)}:{uri.Port}{uri.PathAndQuery}";
        return await UntilChangedAsync(token => http.SendAsync(call with { Target = target }, token), changed, cancellationToken);
    }

    private static async Task<T> UntilChangedAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken changed, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(changed, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException e) when (changed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException("another board serves the box now", e);
        }
    }

    private static bool IsName(ReadOnlySpan<char> host) => host.Equals(Name, StringComparison.OrdinalIgnoreCase);

    private static string Literal(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private (IPAddress Address, CancellationToken Changed) Now()
    {
        lock (_lock)
        {
            return (_address ?? throw new IOException("no board serves the box yet"), _changed.Token);
        }
    }
}
