// Route groups waiting for the app that listens on a port.
using System.Threading.Channels;
using Skywire.Wire;

namespace Skywire.Routing;

/// <summary>A bounded queue of opened route groups. Owned by the app that listens.</summary>
internal sealed class RouteListener(Router router, ushort port, int backlog) : IRouteListener
{
    private readonly Channel<RouteGroup> _queue = Channel.CreateBounded<RouteGroup>(new BoundedChannelOptions(backlog) { AllowSynchronousContinuations = false });
    private int _waiting;

    /// <inheritdoc/>
    public ushort Port => port;

    /// <summary>True when another route group would find no place.</summary>
    internal bool IsFull => Volatile.Read(ref _waiting) >= backlog;

    /// <inheritdoc/>
    public async ValueTask<IRouteConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            var group = await _queue.Reader.ReadAsync(cancellationToken);
            Interlocked.Decrement(ref _waiting);
            return group;
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(IRouteListener), $"the listener on port {port} was closed");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete())
        {
            return;
        }

        router.RemoveListener(this);
        while (_queue.Reader.TryRead(out var group))
        {
            group.EndWithError(ProtocolError.NoListener, Router.NoListenerOn(port));
            await group.DisposeAsync();
        }
    }

    internal bool TryEnqueue(RouteGroup group)
    {
        Interlocked.Increment(ref _waiting);
        if (_queue.Writer.TryWrite(group))
        {
            return true;
        }

        Interlocked.Decrement(ref _waiting);
        return false;
    }
}
