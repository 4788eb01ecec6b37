// Streams accepted on one port, waiting for the application (spec 03 §5).
using System.Threading.Channels;

namespace Skywire.Dmsg.Client;

/// <summary>
/// A bounded queue of accepted streams. A place is reserved before the peer is told that it was accepted, so that a full queue is a refusal and not
/// a stream closed after the fact. Thread-safe.
/// </summary>
internal sealed class DmsgListener(ushort port, int backlog, Action<DmsgListener> onClosed) : IDmsgListener
{
    private readonly Channel<IDmsgStream> _queue = Channel.CreateUnbounded<IDmsgStream>();
    private readonly Lock _lock = new();
    private int _places = backlog;
    private bool _isClosed;

    /// <inheritdoc/>
    public ushort Port => port;

    /// <summary>Takes a place in the queue; false when it is full or closed. A place taken is used by <see cref="Enqueue"/> or given back.</summary>
    public bool TryReserve()
    {
        lock (_lock)
        {
            if (_isClosed || _places == 0)
            {
                return false;
            }

            _places--;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void CancelReservation()
    {
        lock (_lock)
        {
            _places++;
        }
    }

    /// <summary>Puts a stream on the place reserved; false when the listener was closed meanwhile: the stream stays the caller's.</summary>
    public bool Enqueue(IDmsgStream stream) => _queue.Writer.TryWrite(stream);

    /// <inheritdoc/>
    public async ValueTask<IDmsgStream> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stream = await _queue.Reader.ReadAsync(cancellationToken);
            CancelReservation();
            return stream;
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(DmsgListener));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        onClosed(this);
        _queue.Writer.TryComplete();
        while (_queue.Reader.TryRead(out var stream))
        {
            stream.Abort();
            await stream.DisposeAsync();
        }
    }
}
