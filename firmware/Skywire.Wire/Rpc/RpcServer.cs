// Answers calls of Go net/rpc clients.
using System.Buffers;
using Skywire.Wire.Gob;

namespace Skywire.Wire.Rpc;

/// <summary>Go net/rpc server with the gob codec (spec 04 §5, 13 §3). Register methods, then serve any number of streams.</summary>
public sealed class RpcServer
{
    private readonly Dictionary<string, Entry> _methods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _services = new(StringComparer.Ordinal);
    private readonly RpcOptions _options;
    private readonly CauseCounters? _counters;
    private readonly Action<string, Exception>? _methodFault;

    /// <summary>A server with the default limits.</summary>
    public RpcServer()
        : this(RpcOptions.Default)
    {
    }

    /// <summary>A server; <paramref name="counters"/> counts why connections ended, <paramref name="methodFault"/> is told of exceptions that are bugs in a method.</summary>
    public RpcServer(RpcOptions options, CauseCounters? counters = null, Action<string, Exception>? methodFault = null)
    {
        _options = options;
        _counters = counters;
        _methodFault = methodFault;
    }

    /// <summary>A method body: argument in, reply out; an <see cref="RpcException"/> thrown here becomes the error text of the reply.</summary>
    public delegate Task<GobValue> Method(GobValue argument, CancellationToken cancellationToken);

    /// <summary>Registers <c>Service.Method</c> with the type its replies have. The method judges its argument itself.</summary>
    public void Register(string name, GobType replyType, Method method) => Add(name, null, replyType, method);

    /// <summary>Registers <c>Service.Method</c>; an argument that does not fit <paramref name="argumentType"/> gets an error reply.</summary>
    public void Register(string name, GobType argumentType, GobType replyType, Method method) => Add(name, argumentType, replyType, method);

    /// <summary>Serves one stream until it ends or is cancelled; each call runs on its own. Disposes the stream. Never throws for what the peer sends.</summary>
    public async Task ServeAsync(IByteStream stream, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var connection = new GobConnection(stream, _options.Gob);
        var calls = new CallSet(_options.MaxConcurrentCalls);
        try
        {
            while (await ReadCallAsync(connection, calls, ending.Token))
            {
                await calls.WaitForRoomAsync(ending.Token);
            }
        }
        catch (ProtocolException e)
        {
            _counters?.Add(e.Error);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The stream broke or the server stops: the calls end with it, there is nobody left to tell.
        }
        finally
        {
            ending.Cancel();
            connection.Abort();
            await calls.WhenEmptyAsync();
        }
    }

    private void Add(string name, GobType? argumentType, GobType replyType, Method method)
    {
        var dot = name.LastIndexOf('.');
        if (dot <= 0 || !_methods.TryAdd(name, new Entry(argumentType, replyType, method)))
        {
            throw new ArgumentException($"{name}: not of the form Service.Method, or registered twice", nameof(name));
        }

        _services.Add(name[..dot]);
    }

    // False at the end of the stream.
    private async ValueTask<bool> ReadCallAsync(GobConnection connection, CallSet calls, CancellationToken cancellationToken)
    {
        var (headerStatus, header) = await connection.ReadAsync(cancellationToken);
        if (headerStatus == OperationStatus.NeedMoreData)
        {
            return false;
        }

        if (headerStatus == OperationStatus.InvalidData || !GobShape.Fits(RpcMessages.Request, header))
        {
            ProtocolException.Throw(ProtocolError.BadGob, "the peer sent an unreadable call header");
        }

        var (argumentStatus, argument) = await connection.ReadAsync(cancellationToken);
        if (argumentStatus == OperationStatus.NeedMoreData)
        {
            ProtocolException.Throw(ProtocolError.BadGob, "the stream ended between a call header and its argument");
        }

        var call = new Call(connection, header[RpcMessages.ServiceMethod].AsString, header[RpcMessages.Seq].AsUInt);
        var refusal = Find(call.Name, out var entry);
        if (refusal.Length == 0 && (argumentStatus == OperationStatus.InvalidData || (entry.ArgumentType is not null && !GobShape.Fits(entry.ArgumentType, argument))))
        {
            refusal = $"gob: the argument of {call.Name} cannot be decoded";
        }

        calls.Enter();
        _ = AnswerAsync(call, entry, refusal, argument, calls, cancellationToken);
        return true;
    }

    private string Find(string name, out Entry entry)
    {
        if (_methods.TryGetValue(name, out entry))
        {
            return "";
        }

        var dot = name.LastIndexOf('.');
        return dot < 0 ? $"rpc: service/method request ill-formed: {name}"
            : _services.Contains(name[..dot]) ? $"rpc: can't find method {name}"
            : $"rpc: can't find service {name}";
    }

    private async Task AnswerAsync(Call call, Entry entry, string error, GobValue argument, CallSet calls, CancellationToken cancellationToken)
    {
        // The reading loop goes on while the method runs.
        await Task.Yield();
        try
        {
            var reply = GobValue.EmptyStruct;
            if (error.Length == 0)
            {
                (reply, error) = await InvokeAsync(call.Name, entry, argument, cancellationToken);
            }

            await call.Connection.WritePairAsync(
                RpcMessages.Response,
                RpcMessages.MakeResponse(call.Name, call.Seq, error),
                error.Length == 0 ? entry.ReplyType : GobType.Empty,
                error.Length == 0 ? reply : GobValue.EmptyStruct,
                cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Half a reply may be out: the stream cannot go on. The reading loop sees the end and counts it.
            call.Connection.Abort();
        }
        catch (ArgumentException e)
        {
            // A bug here: the reply is not of the type registered.
            _methodFault?.Invoke(call.Name, e);
            call.Connection.Abort();
        }
        finally
        {
            calls.Remove();
        }
    }

    private async Task<(GobValue Reply, string Error)> InvokeAsync(string name, Entry entry, GobValue argument, CancellationToken cancellationToken)
    {
        try
        {
            return (await entry.Method(argument, cancellationToken), "");
        }
        catch (IOException e)
        {
            // An empty text would read as success.
            return (GobValue.EmptyStruct, e.Message.Length > 0 ? e.Message : "failed");
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A bug here, or a time limit of the method's own: the caller learns that it failed, the owner why.
            _methodFault?.Invoke(name, e);
            return (GobValue.EmptyStruct, e is OperationCanceledException ? "timed out" : "internal error");
        }
    }

    private readonly record struct Entry(GobType? ArgumentType, GobType ReplyType, Method Method);

    private readonly record struct Call(GobConnection Connection, string Name, ulong Seq);

    /// <summary>Counts the running calls of one connection, which waits for them before it is gone.</summary>
    private sealed class CallSet(int limit)
    {
        private readonly Lock _lock = new();
        private readonly AsyncSignal _ended = new();
        private int _running;

        /// <summary>Announces a call; it ends by calling <see cref="Remove"/> and never faults.</summary>
        public void Enter()
        {
            lock (_lock)
            {
                _running++;
            }
        }

        public void Remove()
        {
            lock (_lock)
            {
                _running--;
            }

            _ended.Set();
        }

        public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
        {
            while (Count >= limit)
            {
                await _ended.WaitAsync(cancellationToken);
            }
        }

        public async ValueTask WhenEmptyAsync()
        {
            while (Count > 0)
            {
                await _ended.WaitAsync(CancellationToken.None);
            }
        }

        private int Count
        {
            get
            {
                lock (_lock)
                {
                    return _running;
                }
            }
        }
    }
}
