// Accepts streams on one listener and runs their handshakes side by side, so that a slow or hostile caller delays nobody.
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Skywire.Dmsg;
using Skywire.Wire;

namespace Skywire.Transport.Net;

/// <summary>Owns the listener from <see cref="Start"/> on.</summary>
internal sealed class IncomingLinks : IAsyncDisposable
{
    /// <summary>Handshakes at a time. The oldest gives way to a newer one: a flood of idle connections then shortens their time, but never shuts others out.</summary>
    internal const int MaxPending = 128;

    /// <summary>Authenticated links waiting to be taken; the manager takes them at once, so more means that it is stopping.</summary>
    private const int MaxReady = 64;

    private readonly string _type;
    private readonly Func<IByteStream, CancellationToken, Task<TransportLink>> _handshake;
    private readonly CauseCounters _causes;
    private readonly ILogger _log;
    private readonly Channel<TransportLink> _ready = Channel.CreateBounded<TransportLink>(MaxReady);
    private readonly CancellationTokenSource _stopping = new();
    private readonly OwnedTasks _tasks;
    private readonly Lock _lock = new();
    private readonly LinkedList<IByteStream> _pending = new();
    private IStreamListener? _listener;

    internal IncomingLinks(string type, Func<IByteStream, CancellationToken, Task<TransportLink>> handshake, CauseCounters causes, ILogger log)
    {
        _type = type;
        _handshake = handshake;
        _causes = causes;
        _log = log;
        _tasks = new OwnedTasks(e => Log.TaskFailed(log, e));
    }

    /// <summary>Starts accepting.</summary>
    internal void Start(IStreamListener listener)
    {
        _listener = listener;
        Log.Listening(_log, _type, listener.LocalEndPoint);
        _tasks.Run(() => AcceptLoopAsync(listener));
    }

    /// <summary>The next link whose handshake is done. Throws <see cref="ObjectDisposedException"/> once disposed.</summary>
    internal async ValueTask<TransportLink> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _ready.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(_type);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        await _tasks.WhenIdleAsync();
        _ready.Writer.TryComplete();
        while (_ready.Reader.TryRead(out var link))
        {
            link.Stream.Abort();
        }
    }

    private async Task AcceptLoopAsync(IStreamListener listener)
    {
        try
        {
            while (true)
            {
                var stream = await listener.AcceptAsync(_stopping.Token);
                var node = Enter(stream);
                _tasks.Run(() => ShakeAsync(node));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private LinkedListNode<IByteStream> Enter(IByteStream stream)
    {
        IByteStream? oldest = null;
        LinkedListNode<IByteStream> node;
        lock (_lock)
        {
            if (_pending.Count >= MaxPending)
            {
                oldest = _pending.First!.Value;
                _pending.RemoveFirst();
            }

            node = _pending.AddLast(stream);
        }

        if (oldest is not null)
        {
            _causes.Add(ProtocolError.LimitReached);
            oldest.Abort();
        }

        return node;
    }

    private async Task ShakeAsync(LinkedListNode<IByteStream> node)
    {
        var stream = node.Value;
        try
        {
            var link = await _handshake(stream, _stopping.Token);
            if (!_ready.Writer.TryWrite(link))
            {
                _causes.Add(ProtocolError.BacklogFull);
                link.Stream.Abort();
            }
        }
        catch (OperationCanceledException)
        {
            stream.Abort();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            var cause = (e as ProtocolException)?.Error ?? ProtocolError.TransportClosed;
            _causes.Add(cause);
            Log.LinkRefused(_log, _type, cause, e.Message);
        }
        finally
        {
            lock (_lock)
            {
                if (node.List is not null)
                {
                    _pending.Remove(node);
                }
            }
        }
    }
}
