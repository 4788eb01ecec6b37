// Which frame goes out next, and the loop that sends them.
using System.Runtime.CompilerServices;

namespace Skywire.Wire.Yamux;

public sealed partial class YamuxSession
{
    // Below this much room a batch counts as full: shorter frames would only cost headers.
    private const int MinPiece = 4 * 1024;

    // Bounds what refusing a flood of opens adds to a batch; the rest follows in the next.
    private const int MaxResetsPerBatch = 256;

    // A batch on a slow link: still a dozen small frames.
    private const int MinBatch = 16 * 1024;

    // A write this slow makes batches smaller, so that pings and window updates behind it do not wait longer still; one this fast makes them larger again.
    private static readonly TimeSpan SlowWrite = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FastWrite = TimeSpan.FromMilliseconds(50);

    private readonly AsyncSignal _work = new();
    private readonly Queue<YamuxStream> _ready = new();
    private readonly Queue<YamuxStream> _controlReady = new();
    private readonly Queue<uint> _resetsDue = new();
    private readonly Queue<uint> _pongsDue = new();
    private readonly Queue<uint> _pingsDue = new();
    private uint? _goAwayDue;
    private SendBuffer _gathering = new();
    private SendBuffer _sending = new();
    private int _batchLimit;
    private long _writeStarted;

    /// <summary>Takes as much of <paramref name="data"/> as goes now. True when that is all; otherwise the writer waits until <see cref="IsWritten"/>.</summary>
    internal bool StartWrite(YamuxStream stream, ReadOnlyMemory<byte> data)
    {
        bool done;
        lock (_lock)
        {
            ThrowIfReset(stream);
            if (stream.Send.IsWritingOver)
            {
                stream.ThrowIfGone();
                throw new InvalidOperationException("the writing half of the stream was completed");
            }

            stream.Send.Pending = data;
            TakeOrEnqueue(stream);
            done = stream.Send.Pending.IsEmpty;
        }

        _work.Set();
        return done;
    }

    /// <summary>True when the pending data was taken whole; throws when the stream failed before.</summary>
    internal bool IsWritten(YamuxStream stream)
    {
        lock (_lock)
        {
            ThrowIfReset(stream);
            return stream.Send.Pending.IsEmpty;
        }
    }

    /// <summary>Lets go of the writer's buffer.</summary>
    internal void CancelWrite(YamuxStream stream)
    {
        lock (_lock)
        {
            stream.Send.Pending = default;
        }
    }

    /// <summary>Sends FIN behind what was written. Does nothing the second time.</summary>
    internal void CompleteWrites(YamuxStream stream)
    {
        lock (_lock)
        {
            if (stream.Send.IsWritingOver)
            {
                return;
            }

            stream.Send.IsWritingOver = true;
            stream.Send.FinDue = true;
            TakeOrEnqueue(stream);
        }

        _work.Set();
    }

    /// <summary>The stream was disposed: FIN, and a reset when the peer does not end its half in time. A write still under way ends with a reset.</summary>
    internal void Close(YamuxStream stream)
    {
        bool isWriting;
        lock (_lock)
        {
            isWriting = stream.Send.Pending.Length > 0;
            if (!isWriting && !stream.Send.IsRemoved && !stream.Send.RemoteFin)
            {
                stream.Send.IsClosed = true;
                stream.Send.Deadline = After(_options.CloseTimeout);
                Arm(stream.Send.Deadline);
            }
        }

        if (isWriting)
        {
            Reset(stream, ProtocolError.StreamReset, "the stream was closed while it was written to", tellPeer: true);
        }
        else
        {
            CompleteWrites(stream);
        }
    }

    /// <summary>Announces credit for a stream, together with what is due already.</summary>
    internal void SendCredit(YamuxStream stream, int credit)
    {
        lock (_lock)
        {
            if (stream.Send.IsRemoved)
            {
                return;
            }

            stream.Send.CreditDue += (uint)credit;
            EnqueueControl(stream);
            ProbeForWindows();
        }

        _work.Set();
    }

    private bool HasRoom => _batchLimit - _gathering.Count >= YamuxFrame.Size + MinPiece;

    private async Task WriteLoopAsync()
    {
        await Task.Yield();
        while (true)
        {
            bool any, ended;
            lock (_lock)
            {
                if (!_ended)
                {
                    GatherReady();
                }

                GatherControl();
                GatherResets();
                any = !_gathering.IsEmpty && !_endedHard;
                ended = _ended;
                if (any)
                {
                    (_gathering, _sending) = (_sending, _gathering);
                    _writeStarted = Now;
                    Arm(After(_options.WriteTimeout));
                }
            }

            if (any)
            {
                if (!await TrySendAsync())
                {
                    return;
                }
            }
            else if (ended)
            {
                lock (_lock)
                {
                    _gathering.Release();
                }

                return;
            }
            else
            {
                await _work.WaitAsync(CancellationToken.None);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TrySendAsync()
    {
        try
        {
            // The write timeout aborts the stream below, which ends this wait.
            await _below.WriteAsync(_sending.Batch, CancellationToken.None);
            return true;
        }
        catch (Exception e)
        {
            End(ProtocolError.SessionClosed, "the stream below the session broke: " + e.Message, drain: false);
            return false;
        }
        finally
        {
            lock (_lock)
            {
                AdaptBatch(_time.GetElapsedTime(_writeStarted), _sending.Count);
                _writeStarted = 0;
                _sending.Release();
            }
        }
    }

    private void AdaptBatch(TimeSpan took, int size)
    {
        if (took > SlowWrite)
        {
            _batchLimit = Math.Max(_batchLimit / 2, MinBatch);
        }
        else if (took < FastWrite && size > _batchLimit / 2)
        {
            _batchLimit = Math.Min(_batchLimit * 2, _options.SendBuffer / 2);
        }
    }

    // Under the lock, as all below.
    private void ThrowIfReset(YamuxStream stream)
    {
        if (stream.Send.IsReset)
        {
            stream.ThrowIfGone();
            ThrowIfEnded();

            // Between the removal and the stream's own note of why.
            ProtocolException.Throw(ProtocolError.StreamReset, "the stream was reset");
        }
    }

    // While nobody waits for its turn, there is no need to wait either.
    private void TakeOrEnqueue(YamuxStream stream)
    {
        while (_ready.Count == 0 && HasRoom && stream.Send.HasFrame)
        {
            TakeFrame(stream);
        }

        Enqueue(stream);
    }

    // A stream with something to send is in the queue once.
    private void Enqueue(YamuxStream stream)
    {
        if (!stream.Send.IsQueued && stream.Send.HasFrame)
        {
            stream.Send.IsQueued = true;
            _ready.Enqueue(stream);
        }
    }

    private void EnqueueControl(YamuxStream stream)
    {
        if (!stream.Send.IsControlQueued)
        {
            stream.Send.IsControlQueued = true;
            _controlReady.Enqueue(stream);
        }
    }

    // One frame each in turn, until the batch is full.
    private void GatherReady()
    {
        while (HasRoom && _ready.TryDequeue(out var stream))
        {
            stream.Send.IsQueued = false;
            if (stream.Send.HasFrame)
            {
                TakeFrame(stream);
                Enqueue(stream);
            }
        }
    }

    // The caller has checked HasFrame and HasRoom.
    private void TakeFrame(YamuxStream stream)
    {
        var send = stream.Send;
        if (send.SynDue)
        {
            send.SynDue = false;
            _gathering.Append(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, stream.Id, 0), []);
        }
        else if (send.Pending.Length > 0)
        {
            var room = _batchLimit - _gathering.Count - YamuxFrame.Size;
            var count = (int)Math.Min(Math.Min(send.Pending.Length, _options.MaxFrame), Math.Min(send.Credit, room));
            _gathering.Append(new YamuxFrame(YamuxFrameType.Data, YamuxFlags.None, stream.Id, (uint)count), send.Pending.Span[..count]);
            send.Credit -= count;
            send.Pending = send.Pending[count..];
            if (send.Pending.IsEmpty)
            {
                stream.SignalWritten();
            }
        }
        else
        {
            send.FinDue = false;
            send.FinSent = true;
            _gathering.Append(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Fin, stream.Id, 0), []);
            RetireIfDone(stream);
        }
    }

    // Behind the data gathered: a reset that overtook its stream's SYN would leave the peer with a stream that nobody ends.
    private void GatherResets()
    {
        for (var i = 0; i < MaxResetsPerBatch && _resetsDue.TryDequeue(out var id); i++)
        {
            _gathering.Append(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, id, 0), []);
        }
    }

    // Pings first, so that delay in here does not count; a go-away last, behind what it does not concern.
    private void GatherControl()
    {
        Span<YamuxFrame> frames = stackalloc YamuxFrame[SendBuffer.MaxControlFrames];
        var count = 0;
        while (count < frames.Length && _pongsDue.TryDequeue(out var value))
        {
            frames[count++] = new YamuxFrame(YamuxFrameType.Ping, YamuxFlags.Ack, 0, value);
        }

        while (count < frames.Length && _pingsDue.TryDequeue(out var value))
        {
            frames[count++] = new YamuxFrame(YamuxFrameType.Ping, YamuxFlags.Syn, 0, value);
        }

        while (count < frames.Length && _controlReady.TryDequeue(out var stream))
        {
            var send = stream.Send;
            send.IsControlQueued = false;
            var frame = new YamuxFrame(YamuxFrameType.WindowUpdate, send.AckDue ? YamuxFlags.Ack : YamuxFlags.None, stream.Id, send.CreditDue);
            send.AckDue = false;
            send.CreditDue = 0;
            if (!send.IsReset && (frame.Flags != YamuxFlags.None || frame.Length > 0))
            {
                frames[count++] = frame;
            }
        }

        if (count < frames.Length && _goAwayDue is { } reason)
        {
            _goAwayDue = null;
            frames[count++] = new YamuxFrame(YamuxFrameType.GoAway, YamuxFlags.None, 0, reason);
        }

        if (count == 0)
        {
            return;
        }

        var space = _gathering.ReserveControl(count);
        for (var i = 0; i < count; i++)
        {
            frames[i].WriteTo(space[(i * YamuxFrame.Size)..]);
        }
    }
}
