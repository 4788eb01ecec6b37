// What the peer's frames do.
using System.Buffers;

namespace Skywire.Wire.Yamux;

public sealed partial class YamuxSession
{
    // A session without traffic should cost little; one with traffic is read in large pieces.
    private const int SmallRead = 4 * 1024;
    private const int LargeRead = 64 * 1024;

    // Reads in a row that would have fitted the small buffer before it is used again.
    private const int QuietReads = 32;

    // A peer that asks faster than it reads the answers gets no more of them.
    private const int MaxPongs = 256;

    // Refusals waiting to be sent to a peer that opens streams without reading.
    private const int MaxResetsDue = 4096;

    private readonly FrameSplitter _splitter;
    private YamuxStream? _dataStream;
    private bool _dataEndsStream;
    private long _lastReceived;

    private async Task ReadLoopAsync()
    {
        await Task.Yield();
        var buffer = ArrayPool<byte>.Shared.Rent(SmallRead);
        var quiet = 0;
        try
        {
            while (true)
            {
                var count = await _below.ReadAsync(buffer, _closing.Token);
                if (count == 0)
                {
                    End(_splitter.IsAtBoundary ? ProtocolError.None : ProtocolError.TruncatedFrame, "the peer ended the session", drain: false);
                    return;
                }

                Volatile.Write(ref _lastReceived, Now);
                if (!_splitter.Feed(buffer.AsSpan(0, count)))
                {
                    return;
                }

                quiet = count > SmallRead / 2 ? 0 : quiet + 1;
                var size = count == buffer.Length ? LargeRead : quiet > QuietReads ? SmallRead : buffer.Length;
                if (size != buffer.Length)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(size);
                }
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Ended from this side.
        }
        catch (Exception e)
        {
            End(ProtocolError.SessionClosed, "the stream below the session broke: " + e.Message, drain: false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool OnFrame(YamuxFrame frame)
    {
        switch (frame.Type)
        {
            case YamuxFrameType.Ping:
                OnPing(frame);
                return true;
            case YamuxFrameType.GoAway:
                return OnGoAway(frame);
            default:
                return OnStreamFrame(frame);
        }
    }

    // Data and window updates; either may carry any flags.
    private bool OnStreamFrame(YamuxFrame frame)
    {
        YamuxStream? stream;
        YamuxStream? opened = null;
        var canSend = false;
        var ends = frame.Has(YamuxFlags.Fin);
        lock (_lock)
        {
            if (_ended)
            {
                return false;
            }

            if (frame.Has(YamuxFlags.Syn) && !TryTakeSyn(frame.StreamId, out opened))
            {
                return Break(ProtocolError.BadMuxFrame, "the peer opened a stream under an ID it may not use");
            }

            if (_streams.TryGetValue(frame.StreamId, out stream))
            {
                if (frame.Has(YamuxFlags.Ack))
                {
                    MarkAcked(stream);
                }

                if (frame.Type == YamuxFrameType.WindowUpdate)
                {
                    stream.Send.Credit += frame.Length;
                    Enqueue(stream);
                    canSend = stream.Send.IsQueued;
                }
            }
        }

        if (opened is not null)
        {
            _incoming.Writer.TryWrite(opened);
        }

        if (canSend)
        {
            _work.Set();
        }

        _dataStream = null;
        if (stream is null)
        {
            // Closed or refused here before the peer knew: its data is skipped.
            return true;
        }

        if (frame.Has(YamuxFlags.Rst))
        {
            _counters?.Add(ProtocolError.StreamReset);
            Reset(stream, ProtocolError.StreamReset, "the peer reset the stream", tellPeer: false);
            return true;
        }

        if (frame.Type == YamuxFrameType.Data && frame.Length > 0)
        {
            _dataStream = stream;
            _dataEndsStream = ends;
            return stream.TryReserve(frame.Length) || Break(ProtocolError.WindowExceeded, "the peer sent more than the window of a stream allows");
        }

        if (ends)
        {
            EndRemote(stream);
        }

        return true;
    }

    private bool OnData(ReadOnlySpan<byte> data, bool isLast)
    {
        if (_dataStream is not { } stream)
        {
            return true;
        }

        var stored = stream.Append(data);
        if (stored > 0 && OnBufferedChanged(stored) > _options.MaxBuffered)
        {
            _counters?.Add(ProtocolError.LimitReached);
            Reset(stream, ProtocolError.LimitReached, "too much received data waits to be read", tellPeer: true);
        }

        if (isLast)
        {
            _dataStream = null;
            if (_dataEndsStream)
            {
                EndRemote(stream);
            }
            else if (stored == 0 && stream.IsStarvingPeer)
            {
                Reset(stream, ProtocolError.StreamReset, "the stream was closed here", tellPeer: true);
            }
        }

        return true;
    }

    private void EndRemote(YamuxStream stream)
    {
        lock (_lock)
        {
            stream.Send.RemoteFin = true;
            RetireIfDone(stream);
        }

        stream.EndRemote();
    }

    // Under the lock. False when the peer broke the protocol; opened is null when the stream was refused.
    private bool TryTakeSyn(uint id, out YamuxStream? opened)
    {
        opened = null;
        var isPeers = id != 0 && (id % 2 == 0) == _isClient;
        if (!isPeers || _streams.ContainsKey(id) || _resetsDue.Count >= MaxResetsDue)
        {
            return false;
        }

        if (_localGoAway || _unaccepted >= _options.Backlog || _streams.Count >= _options.MaxStreams)
        {
            _counters?.Add(ProtocolError.BacklogFull);
            _resetsDue.Enqueue(id);
            _work.Set();
            return true;
        }

        opened = new YamuxStream(this, id, isOutgoing: false, Now);
        _streams.Add(id, opened);
        _unaccepted++;
        return true;
    }

    private void OnPing(YamuxFrame frame)
    {
        if (!frame.Has(YamuxFlags.Syn))
        {
            OnPong(frame.Length);
            return;
        }

        lock (_lock)
        {
            if (_pongsDue.Count >= MaxPongs)
            {
                return;
            }

            _pongsDue.Enqueue(frame.Length);
        }

        _work.Set();
    }

    private bool OnGoAway(YamuxFrame frame)
    {
        if (frame.Length != YamuxFrame.NormalEnd)
        {
            End(ProtocolError.BadMuxFrame, "the peer ended the session for an error it saw", drain: false);
            return false;
        }

        lock (_lock)
        {
            _remoteGoAway = true;
        }

        _openRoom.Set();
        return true;
    }

    // Tells the peer, then ends the session.
    private bool Break(ProtocolError cause, string text)
    {
        lock (_lock)
        {
            _goAwayDue = YamuxFrame.ProtocolBroken;
        }

        End(cause, text, drain: true);
        return false;
    }

    /// <summary>Keeps the sink's methods off the public face.</summary>
    private sealed class Sink(YamuxSession session) : IFrameSink
    {
        public bool OnFrame(YamuxFrame frame) => session.OnFrame(frame);

        public bool OnData(ReadOnlySpan<byte> data, bool isLast) => session.OnData(data, isLast);

        public void OnBadHeader() => session.Break(ProtocolError.BadMuxFrame, "the peer sent a frame of another version or of an unknown type");
    }
}
