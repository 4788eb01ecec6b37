// The byte stream over Noise frames: the hot path of direct transports and of every dmsg stream.
using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using Skywire.Crypto;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>
/// The byte stream over Noise frames (spec 02 §5) on any stream: used by stcp/stcpr transports and dmsg streams. Reads decrypt every complete frame at
/// hand straight into the caller's buffer; writes cut into frames of at most 4070 bytes and leave in as few writes below as possible. Owns the stream below.
/// A buffer of at least <see cref="NoiseFrame.MaxPlaintext"/> bytes avoids an inner copy. A broken frame, and a write that did not go through whole,
/// end the stream for good. One reader and one writer may run side by side; nothing is allocated per call once the buffers have grown.
/// </summary>
public sealed class NoiseStream : IByteStream
{
    // Buffers start small, for most streams carry one request, and grow while bulk data fills them: an idle stream must not hold 300 KiB on a small board.
    private const int FirstBuffer = 8 * 1024;
    private const int MaxReadBuffer = 256 * 1024;

    // 16 full frames a write below: 64 KiB, which stays in the second-level cache of the boards.
    private const int MaxFrame = NoiseFrame.PrefixSize + NoiseFrame.MaxLength;
    private const int MaxWriteBuffer = 16 * MaxFrame;
    private const int FrameOverhead = MaxFrame - NoiseFrame.MaxPlaintext;

    private readonly IByteStream _stream;
    private readonly RecordSealer _sealer;
    private readonly RecordOpener _opener;

    // Held for the synchronous work with a key only, so that dispose cannot wipe a key in use.
    private readonly Lock _readLock = new();
    private readonly Lock _writeLock = new();

    // Ciphertext read but not opened is _in[_inStart.._inEnd].
    private byte[] _in;
    private int _inStart;
    private int _inEnd;

    // Plaintext of one frame that did not fit the caller's buffer is _rest[_restStart.._restEnd].
    private byte[] _rest = [];
    private int _restStart;
    private int _restEnd;

    private byte[] _out = new byte[256];
    private ProtocolError _readFailure;
    private bool _writeFailed;
    private bool _isDisposed;

    /// <summary>Continues on a stream whose handshake is done; takes over keys and stream. <paramref name="leftover"/> are bytes read behind the handshake.</summary>
    public NoiseStream(IByteStream stream, PubKey remoteKey, RecordSealer sealer, RecordOpener opener, ReadOnlySpan<byte> leftover = default)
    {
        _stream = stream;
        RemoteKey = remoteKey;
        _sealer = sealer;
        _opener = opener;
        _in = GC.AllocateUninitializedArray<byte>(Math.Max(FirstBuffer, leftover.Length));
        leftover.CopyTo(_in);
        _inEnd = leftover.Length;
    }

    /// <summary>The key the peer proved.</summary>
    public PubKey RemoteKey { get; }

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint => _stream.RemoteEndPoint;

    /// <summary>
    /// Runs <paramref name="handshake"/> (framed by 2-byte lengths) over <paramref name="stream"/> within <paramref name="limit"/> and takes both over.
    /// Throws <see cref="ProtocolException"/>; the stream is aborted then. Reads no byte behind the last handshake frame.
    /// </summary>
    public static async Task<NoiseStream> HandshakeAsync(IByteStream stream, HandshakeState handshake, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using (handshake)
        {
            await NoiseHandshake.RunAsync(stream, handshake, limit, time, cancellationToken);
            var (send, receive) = handshake.Split(ReceiveRule.Strict);
            return new NoiseStream(stream, handshake.RemoteStatic, send, receive);
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var n = Open(buffer.Span);
        while (n == 0 && !buffer.IsEmpty)
        {
            if (ReadError() is { } error)
            {
                return ValueTask.FromException<int>(error);
            }

            MakeRoom();
            var read = _stream.ReadAsync(_in.AsMemory(_inEnd), cancellationToken);
            if (!read.IsCompletedSuccessfully)
            {
                return AwaitReadAsync(read, buffer, cancellationToken);
            }

            if (TryTake(read.Result, buffer.Span, out n))
            {
                break;
            }
        }

        return new ValueTask<int>(n);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var (taken, length) = Seal(data.Span);
        if (taken == data.Length)
        {
            if (length == 0 && !_writeFailed)
            {
                return ValueTask.CompletedTask;
            }

            var write = WriteOutAsync(length, cancellationToken);
            if (write.IsCompletedSuccessfully)
            {
                write.GetAwaiter().GetResult();
                return ValueTask.CompletedTask;
            }

            return FinishWriteAsync(write, default, cancellationToken);
        }

        return FinishWriteAsync(WriteOutAsync(length, cancellationToken), data[taken..], cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => _stream.CompleteWritesAsync(cancellationToken);

    /// <inheritdoc/>
    public void Abort() => _stream.Abort();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        lock (_readLock)
        {
            lock (_writeLock)
            {
                _isDisposed = true;
                _sealer.Dispose();
                _opener.Dispose();
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AwaitReadAsync(ValueTask<int> read, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int n;
        while (!TryTake(await read, buffer.Span, out n))
        {
            if (ReadError() is { } error)
            {
                throw error;
            }

            MakeRoom();
            read = _stream.ReadAsync(_in.AsMemory(_inEnd), cancellationToken);
        }

        return n;
    }

    private Exception? ReadError() =>
        _isDisposed ? new ObjectDisposedException(nameof(NoiseStream))
        : _readFailure != ProtocolError.None ? new ProtocolException(_readFailure, "a Noise frame could not be accepted")
        : null;

    // Takes in what a read below brought; false when that gave no plaintext yet, or the stream has failed.
    private bool TryTake(int read, Span<byte> buffer, out int n)
    {
        n = 0;
        if (read == 0)
        {
            if (_inStart == _inEnd)
            {
                return true;
            }

            FailReading(ProtocolError.TruncatedFrame);
            return false;
        }

        _inEnd += read;
        n = Open(buffer);
        return n > 0;
    }

    // Opens what is at hand into the buffer; 0 when no complete frame is, or the stream has failed.
    private int Open(Span<byte> buffer)
    {
        lock (_readLock)
        {
            var written = TakeRest(buffer);
            while (written < buffer.Length && !_isDisposed && _readFailure == ProtocolError.None && TryPeekFrame(out var record))
            {
                var plaintextLength = record.Length - RecordSealer.Overhead;
                if (plaintextLength > buffer.Length - written)
                {
                    if (written == 0)
                    {
                        _rest = _rest.Length == 0 ? new byte[NoiseFrame.MaxPlaintext] : _rest;
                        if (TryOpen(record, _rest, out _restEnd))
                        {
                            written = TakeRest(buffer);
                        }
                    }

                    break;
                }

                if (TryOpen(record, buffer[written..], out var n))
                {
                    written += n;
                }
            }

            return written;
        }
    }

    private int TakeRest(Span<byte> buffer)
    {
        var n = Math.Min(_restEnd - _restStart, buffer.Length);
        if (n > 0)
        {
            _rest.AsSpan(_restStart, n).CopyTo(buffer);
            _restStart += n;
        }

        if (_restStart == _restEnd)
        {
            _restStart = _restEnd = 0;
        }

        return n;
    }

    // The record of the next frame when it is complete. A prefix above the limit fails at once, before its bytes are awaited.
    private bool TryPeekFrame(out ReadOnlySpan<byte> record)
    {
        record = default;
        var available = _in.AsSpan(_inStart, _inEnd - _inStart);
        if (available.Length < NoiseFrame.PrefixSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(available);
        if (length is > NoiseFrame.MaxLength or < RecordSealer.Overhead)
        {
            FailReading(length > NoiseFrame.MaxLength ? ProtocolError.FrameTooLong : ProtocolError.RecordTooShort);
            return false;
        }

        if (available.Length < NoiseFrame.PrefixSize + length)
        {
            return false;
        }

        record = available.Slice(NoiseFrame.PrefixSize, length);
        return true;
    }

    private bool TryOpen(ReadOnlySpan<byte> record, Span<byte> destination, out int written)
    {
        var status = _opener.Open(record, destination, out written);
        if (status != RecordStatus.Done)
        {
            FailReading(status == RecordStatus.BadTag ? ProtocolError.BadTag : ProtocolError.ReplayedCounter);
            return false;
        }

        _inStart += NoiseFrame.PrefixSize + record.Length;
        return true;
    }

    // Bytes opened before the bad frame are still handed out; the next read reports.
    private void FailReading(ProtocolError cause)
    {
        _readFailure = cause;
        _stream.Abort();
    }

    private void MakeRoom()
    {
        var kept = _inEnd - _inStart;
        var isFull = _inEnd == _in.Length && _in.Length < MaxReadBuffer;
        var target = isFull ? GC.AllocateUninitializedArray<byte>(Math.Min(MaxReadBuffer, _in.Length * 4)) : _in;
        if (_inStart > 0 || isFull)
        {
            _in.AsSpan(_inStart, kept).CopyTo(target);
            _in = target;
            _inStart = 0;
            _inEnd = kept;
        }
    }

    // Seals as much as one buffer carries: bytes taken of the data, bytes to write below.
    private (int Taken, int Length) Seal(ReadOnlySpan<byte> data)
    {
        lock (_writeLock)
        {
            if (_isDisposed || _writeFailed)
            {
                _writeFailed = true;
                return (data.Length, 0);
            }

            var frames = (data.Length + NoiseFrame.MaxPlaintext - 1) / NoiseFrame.MaxPlaintext;
            var need = data.Length >= MaxWriteBuffer ? MaxWriteBuffer : Math.Min(MaxWriteBuffer, data.Length + (frames * FrameOverhead));
            if (_out.Length < need)
            {
                _out = GC.AllocateUninitializedArray<byte>(Math.Min(MaxWriteBuffer, Math.Max(need, _out.Length * 4)));
            }

            var taken = 0;
            var length = 0;
            while (taken < data.Length && _out.Length - length >= Math.Min(MaxFrame, data.Length - taken + FrameOverhead))
            {
                var part = data.Slice(taken, Math.Min(NoiseFrame.MaxPlaintext, data.Length - taken));
                var n = _sealer.Seal(part, _out.AsSpan(length + NoiseFrame.PrefixSize));
                BinaryPrimitives.WriteUInt16BigEndian(_out.AsSpan(length), (ushort)n);
                taken += part.Length;
                length += NoiseFrame.PrefixSize + n;
            }

            return (taken, length);
        }
    }

    private ValueTask WriteOutAsync(int length, CancellationToken cancellationToken)
    {
        if (_writeFailed)
        {
            return ValueTask.FromException(new ProtocolException(ProtocolError.SessionClosed, "the Noise stream is closed for writing"));
        }

        try
        {
            return _stream.WriteAsync(_out.AsMemory(0, length), cancellationToken);
        }
        catch (Exception e)
        {
            // A layer that throws at once is awaited like one that throws later, so that one place judges failures.
            return ValueTask.FromException(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishWriteAsync(ValueTask write, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await write;
            while (!data.IsEmpty)
            {
                var (taken, length) = Seal(data.Span);
                data = data[taken..];
                await WriteOutAsync(length, cancellationToken);
            }
        }
        catch
        {
            // A frame may have left in part: whatever would follow could not be read (spec 02 §5).
            _writeFailed = true;
            _stream.Abort();
            throw;
        }
    }
}
