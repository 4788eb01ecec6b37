// From the ring to the app: records are opened straight into the caller's buffer, many per call.
using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Routing;

internal sealed partial class RouteGroup
{
    private UseGate _readGate;
    private byte[]? _rest;
    private int _restStart;
    private int _restEnd;
    private bool _endOfStream;
    private ProtocolError _fault;
    private long _receivedBytes;

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => ReadAsync(buffer, single: false, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> ReadMessageAsync(Memory<byte> buffer, CancellationToken cancellationToken) => ReadAsync(buffer, single: true, cancellationToken);

    private ValueTask<int> ReadAsync(Memory<byte> buffer, bool single, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
        {
            return new(0);
        }

        var n = ReadNow(buffer.Span, single, out var isOver);
        return n > 0 || isOver ? new(n) : ReadLaterAsync(buffer, single, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadLaterAsync(Memory<byte> buffer, bool single, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _arrived.WaitAsync(cancellationToken);
            var n = ReadNow(buffer.Span, single, out var isOver);
            if (n > 0 || isOver)
            {
                return n;
            }
        }
    }

    /// <summary>What is at hand. 0 and <paramref name="isOver"/>: end of stream. Throws when the group broke and everything before that was read.</summary>
    private int ReadNow(Span<byte> destination, bool single, out bool isOver)
    {
        // Read before the ring: whatever came before the end is then in the ring.
        var end = Volatile.Read(ref _end);
        switch (_readGate.TryEnter())
        {
            case UseGate.Entry.InUse:
                throw new InvalidOperationException("a route group has one reader at a time");
            case UseGate.Entry.IsClosed:
                throw new ProtocolException(ProtocolError.RouteClosed, "the route group was closed on this side");
        }

        int n;
        var failure = ProtocolError.None;
        try
        {
            n = Fill(destination, single, out failure);
        }
        finally
        {
            if (_readGate.Leave())
            {
                ReleaseReader();
            }
        }

        if (failure != ProtocolError.None)
        {
            _fault = failure;
            _router.Causes.Add(failure);
            End(failure, failure == ProtocolError.LostRecord ? "data was lost on the way" : "a record of the peer does not verify", tellReason: true);
            end = Volatile.Read(ref _end);
        }

        Volatile.Write(ref _receivedBytes, _receivedBytes + n);
        isOver = n == 0 && (_endOfStream || end is not null);
        if (isOver && !_endOfStream && end is { IsOrderly: false })
        {
            throw new ProtocolException(end.Cause, end.Text ?? "the route group has ended");
        }

        return n;
    }

    private int Fill(Span<byte> destination, bool single, out ProtocolError failure)
    {
        failure = ProtocolError.None;
        var n = TakeRest(destination);
        if (_fault != ProtocolError.None || (n > 0 && (single || n == destination.Length)))
        {
            return n;
        }

        while (!_endOfStream && n < destination.Length && _ring.TryPeek(out var payload))
        {
            // An empty Data payload reads as end of stream (spec 12 §6.3).
            if (payload.IsEmpty)
            {
                _endOfStream = true;
                _ring.Pop();
                break;
            }

            var plain = _isClear ? payload.Length : PlainLength(payload);
            if (plain < 0)
            {
                failure = plain == -1 ? ProtocolError.RecordTooShort : ProtocolError.FrameTooLong;
                break;
            }

            if (plain > destination.Length - n && n > 0)
            {
                break;
            }

            var direct = plain <= destination.Length - n;
            if (!direct)
            {
                _rest = ArrayPool<byte>.Shared.Rent(plain);
            }

            failure = Open(payload, direct ? destination[n..] : _rest);
            _ring.Pop();
            if (failure != ProtocolError.None)
            {
                break;
            }

            if (direct)
            {
                n += plain;
            }
            else
            {
                (_restStart, _restEnd) = (0, plain);
                n += TakeRest(destination[n..]);
            }

            if (single && n > 0)
            {
                break;
            }
        }

        return n;
    }

    // One packet carries exactly one noise frame: len (2) || counter (8) || ciphertext || tag (16).
    private static int PlainLength(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < NoiseFrame.PrefixSize + RecordSealer.Overhead)
        {
            return -1;
        }

        return BinaryPrimitives.ReadUInt16BigEndian(payload) == payload.Length - NoiseFrame.PrefixSize && payload.Length <= NoiseFrame.PrefixSize + NoiseFrame.MaxLength
            ? payload.Length - NoiseFrame.PrefixSize - RecordSealer.Overhead
            : -2;
    }

    private ProtocolError Open(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        if (_isClear)
        {
            payload.CopyTo(destination);
            return ProtocolError.None;
        }

        var expected = _opener!.LastCounter + 1;
        return _opener.Open(payload[NoiseFrame.PrefixSize..], destination, out _) switch
        {
            // A stream with a hole is worse than a stream that ended: say so instead of handing out what comes behind.
            RecordStatus.Done => _opener.LastCounter == expected ? ProtocolError.None : ProtocolError.LostRecord,
            RecordStatus.TooShort => ProtocolError.RecordTooShort,
            RecordStatus.Replayed => ProtocolError.ReplayedCounter,
            _ => ProtocolError.BadTag,
        };
    }

    private int TakeRest(Span<byte> destination)
    {
        if (_rest is null)
        {
            return 0;
        }

        var n = Math.Min(destination.Length, _restEnd - _restStart);
        _rest.AsSpan(_restStart, n).CopyTo(destination);
        _restStart += n;
        if (_restStart == _restEnd)
        {
            ReturnRest();
        }

        return n;
    }

    private void ReturnRest()
    {
        if (_rest is { } rest)
        {
            _rest = null;
            // It held plaintext of the app.
            ArrayPool<byte>.Shared.Return(rest, clearArray: true);
        }
    }

    private void ReleaseReader()
    {
        _opener?.Dispose();
        _opener = null;
        ReturnRest();
        _ring.Close();
    }
}
