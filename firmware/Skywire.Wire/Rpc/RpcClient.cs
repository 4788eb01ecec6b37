// Calls methods of a Go net/rpc server.
using System.Buffers;
using Skywire.Wire.Gob;

namespace Skywire.Wire.Rpc;

/// <summary>Go net/rpc client with the gob codec (spec 04 §5, 13 §3). Owns the stream: disposing closes it and fails pending calls.</summary>
public sealed class RpcClient : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, TaskCompletionSource<GobValue>> _pending = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly GobConnection _connection;
    private readonly Task _reading;
    private ulong _nextSeq;
    private ProtocolException? _end;
    private bool _disposed;

    /// <summary>Starts reading replies from <paramref name="stream"/>.</summary>
    public RpcClient(IByteStream stream)
        : this(stream, RpcOptions.Default)
    {
    }

    /// <summary>Starts reading replies from <paramref name="stream"/>, with limits.</summary>
    public RpcClient(IByteStream stream, RpcOptions options)
    {
        _connection = new GobConnection(stream, options.Gob);
        _reading = ReadLoopAsync();
    }

    /// <summary>Completes when the connection has ended; never faults.</summary>
    public Task Completion => _reading;

    /// <summary>
    /// Calls <c>Service.Method</c>. Calls may overlap. Throws <see cref="RpcException"/> with the remote's text, or <see cref="ProtocolException"/> when the stream ended
    /// first. There is no cancel on the wire: after a cancellation the reply is dropped when it comes.
    /// </summary>
    public async Task<GobValue> CallAsync(string method, GobType argumentType, GobValue argument, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reply = new TaskCompletionSource<GobValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong seq;
        lock (_lock)
        {
            if (_end is not null)
            {
                throw new ProtocolException(_end.Error, _end.Message, _end);
            }

            seq = _nextSeq++;
            _pending.Add(seq, reply);
        }

        try
        {
            try
            {
                await _connection.WritePairAsync(RpcMessages.Request, RpcMessages.MakeRequest(method, seq), argumentType, argument, cancellationToken);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                throw new ProtocolException(ProtocolError.SessionClosed, $"{method}: the connection ended before the call was sent", e);
            }

            using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<GobValue>)state!).TrySetCanceled(token), reply))
            {
                return await reply.Task;
            }
        }
        finally
        {
            lock (_lock)
            {
                _pending.Remove(seq);
            }
        }
    }

    /// <summary>Closes the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        End(new ProtocolException(ProtocolError.SessionClosed, "the call's connection was closed here"));
        _closing.Cancel();
        _connection.Abort();
        await _reading;
        await _connection.DisposeAsync();
        _closing.Dispose();
    }

    private async Task ReadLoopAsync()
    {
        try
        {
            while (true)
            {
                var (headerStatus, header) = await _connection.ReadAsync(_closing.Token);
                if (headerStatus == OperationStatus.NeedMoreData)
                {
                    End(new ProtocolException(ProtocolError.SessionClosed, "the remote end closed the connection"));
                    return;
                }

                if (headerStatus == OperationStatus.InvalidData || !GobShape.Fits(RpcMessages.Response, header))
                {
                    End(new ProtocolException(ProtocolError.BadGob, "the peer sent an unreadable reply header"));
                    return;
                }

                var (bodyStatus, body) = await _connection.ReadAsync(_closing.Token);
                if (bodyStatus == OperationStatus.NeedMoreData)
                {
                    End(new ProtocolException(ProtocolError.BadGob, "the stream ended between a reply header and its body"));
                    return;
                }

                Complete(header, bodyStatus, body);
            }
        }
        catch (ProtocolException e)
        {
            End(e);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            End(new ProtocolException(ProtocolError.SessionClosed, "the call's connection broke", e));
        }
    }

    private void Complete(GobValue header, OperationStatus bodyStatus, GobValue body)
    {
        TaskCompletionSource<GobValue>? reply;
        lock (_lock)
        {
            // Nobody waits: cancelled, or a sequence number the peer made up.
            if (!_pending.Remove(header[RpcMessages.Seq].AsUInt, out reply))
            {
                return;
            }
        }

        var error = header[RpcMessages.Error].AsString;
        if (error.Length > 0)
        {
            reply.TrySetException(new RpcException(error));
        }
        else if (bodyStatus == OperationStatus.InvalidData)
        {
            reply.TrySetException(new ProtocolException(ProtocolError.BadGob, "the peer sent an unreadable reply"));
        }
        else
        {
            reply.TrySetResult(body);
        }
    }

    // The first cause stays; all pending calls fail with it.
    private void End(ProtocolException cause)
    {
        TaskCompletionSource<GobValue>[] pending;
        lock (_lock)
        {
            _end ??= cause;
            pending = [.. _pending.Values];
            _pending.Clear();
        }

        foreach (var call in pending)
        {
            call.TrySetException(new ProtocolException(cause.Error, cause.Message, cause));
        }
    }
}
