// One settled link: a read loop that parses packets in place, a writer that empties the send queue, and one cause when it ends (spec 10 §9).
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Transport.Links;

/// <summary>
/// Owns its stream and two tasks. Sending is thread-safe and never blocks. The first failure of either task, a ping rule, or a call sets
/// the cause; both tasks then end, and <see cref="Completion"/> completes.
/// </summary>
internal sealed partial class ManagedTransport : ITransport, IAsyncDisposable
{
    /// <summary>A write that makes no progress for this long means a dead peer: longer than any pause of a live TCP link short of its own time-outs.</summary>
    internal static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(20);

    private readonly IByteStream _stream;
    private readonly IPacketHandler _handler;
    private readonly TimeProvider _time;
    private readonly CauseCounters _causes;
    private readonly ILogger _log;
    private readonly SendQueue _queue;
    private readonly LivenessProbe _probe;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started;
    private readonly Lock _closeLock = new();
    private Task _loops = Task.CompletedTask;
    private volatile bool _isUp = true;

    /// <summary>Takes over the stream; nothing moves until <see cref="Start"/>.</summary>
    internal ManagedTransport(TransportEntry entry, TransportLink link, bool isInitiator, IPacketHandler handler, int sendBuffer, TimeSpan firstPing, TimeProvider time, CauseCounters causes, ILogger log)
    {
        Entry = entry;
        RemoteKey = link.RemoteKey;
        IsInitiator = isInitiator;
        _stream = link.Stream;
        _handler = handler;
        _time = time;
        _causes = causes;
        _log = log;
        _queue = new SendQueue(sendBuffer);
        _probe = new LivenessProbe(time, firstPing);
        _started = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public TransportId Id => Entry.Id;

    /// <inheritdoc/>
    public PubKey RemoteKey { get; }

    /// <inheritdoc/>
    public string Type => Entry.Type;

    /// <inheritdoc/>
    public bool IsUp => _isUp;

    /// <summary>The record both sides agreed on.</summary>
    internal TransportEntry Entry { get; }

    /// <summary>True on the side that dialled.</summary>
    internal bool IsInitiator { get; }

    /// <summary>Why it ended; <see cref="ProtocolError.None"/> while it lives.</summary>
    internal ProtocolError CloseCause { get; private set; }

    /// <summary>The same in words.</summary>
    internal string CloseReason { get; private set; } = "";

    /// <summary>Completes when both loops have ended and the stream is closed.</summary>
    internal Task Completion => _completion.Task.Stay();

    /// <summary>Time since it was made.</summary>
    internal TimeSpan Age => _time.GetElapsedTime(_started);

    /// <summary>True once the peer has answered a ping.</summary>
    internal bool AnswersPings => _probe.EverAnswered;

    /// <summary>Starts both loops.</summary>
    internal void Start()
    {
        Debug.Assert(_loops.IsCompleted, "a transport starts once");
        _loops = RunAsync();
    }

    /// <inheritdoc/>
    public bool TrySend(PacketType type, uint routeId, ReadOnlySpan<byte> payload) => Judge(_queue.TryAppend(type, routeId, payload));

    /// <inheritdoc/>
    public bool TrySendPacket(ReadOnlySpan<byte> packet) => Judge(_queue.TryAppend(packet));

    /// <inheritdoc/>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => _queue.WaitForRoomAsync(cancellationToken);

    /// <summary>Ends it at once; what is queued is dropped. Later calls change nothing.</summary>
    internal void Close(ProtocolError cause, string reason) => Close(cause, reason, drain: false);

    /// <summary>Takes no more packets, sends what is queued for at most <paramref name="limit"/>, then ends it.</summary>
    internal async Task CloseAsync(ProtocolError cause, string reason, TimeSpan limit)
    {
        Close(cause, reason, drain: true);
        try
        {
            await _completion.Task.Stay().WaitAsync(limit, _time);
        }
        catch (TimeoutException)
        {
            _stream.Abort();
            await _completion.Task;
        }
    }

    /// <summary>The figures for display.</summary>
    internal TransportSummary Summarise() => new(
        Id, RemoteKey, Type, Entry.Label, IsUp, IsInitiator, SentPayload, ReceivedPayload, SentPackets, ReceivedPackets, Age, _probe.RoundTrip, _stream.RemoteEndPoint?.ToString() ?? "");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close(ProtocolError.ShuttingDown, "disposed");
        _stream.Abort();
        await _loops;
    }

    private void Close(ProtocolError cause, string reason, bool drain)
    {
        lock (_closeLock)
        {
            if (!_isUp)
            {
                return;
            }

            CloseCause = cause;
            CloseReason = reason;
            _isUp = false;
        }

        _causes.Add(cause);
        Log.TransportClosed(_log, Id, RemoteKey, cause, reason);
        _queue.Close();
        _closing.Cancel();
        if (!drain)
        {
            _stream.Abort();
        }
    }

    private async Task RunAsync()
    {
        var reading = ReadLoopAsync();
        var writing = WriteLoopAsync();
        if (await writing)
        {
            // In order: what was written arrives before the end does.
            await _stream.DisposeAsync();
        }

        _stream.Abort();
        await reading;
        _queue.Discard();
        await _stream.DisposeAsync();
        _completion.SetResult();
    }

    private bool Judge(AppendResult result)
    {
        if (result == AppendResult.Closed)
        {
            _causes.Add(ProtocolError.TransportClosed);
        }

        return result != AppendResult.Full;
    }

    /// <summary>One place turns what a stream throws into the cause of the end.</summary>
    private void CloseFor(Exception e, string during)
    {
        switch (e)
        {
            case ProtocolException p:
                Close(p.Error, $"{during}: {p.Message}");
                break;
            case IOException or ObjectDisposedException or OperationCanceledException:
                Close(ProtocolError.TransportClosed, $"{during}: {e.Message}");
                break;
            default:
                Log.TransportFailed(_log, e, Id, RemoteKey);
                Close(ProtocolError.TransportClosed, $"{during}: internal error {e.GetType().Name}");
                break;
        }
    }
}
