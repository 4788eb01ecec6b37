// One net/rpc connection: a gob stream each way over one byte stream.
using System.Buffers;
using Skywire.Wire.Gob;

namespace Skywire.Wire.Rpc;

/// <summary>
/// Reads values from, and writes pairs of values to, a byte stream. One reader at a time; writers queue. Owns the stream and its read buffer,
/// which grows from 4 KiB to what <see cref="GobLimits.MaxMessage"/> allows and is given back by <see cref="DisposeAsync"/> after reading has ended.
/// </summary>
internal sealed class GobConnection(IByteStream stream, GobLimits limits) : IAsyncDisposable
{
    // Most calls of the protocol fit.
    private const int FirstBuffer = 4096;

    private readonly GobDecoder _decoder = new(limits);
    private readonly GobEncoder _encoder = new();
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly AsyncLock _writing = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _start;
    private int _end;

    /// <summary>
    /// The next value. <see cref="OperationStatus.NeedMoreData"/> is the end of the stream between values. <see cref="OperationStatus.InvalidData"/> is one
    /// unreadable value; with <see cref="GobDecoder.IsBroken"/> semantics, or an end inside a value, it throws <see cref="ProtocolException"/> instead.
    /// </summary>
    public async ValueTask<(OperationStatus Status, GobValue Value)> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = _decoder.TryDecode(_buffer.AsSpan(_start, _end - _start), out var value, out var consumed);
            _start += consumed;
            if (_decoder.IsBroken)
            {
                ProtocolException.Throw(ProtocolError.BadGob, "the peer sent a malformed or oversize gob message");
            }

            if (status != OperationStatus.NeedMoreData)
            {
                return (status, value);
            }

            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return _start == _end
                    ? (OperationStatus.NeedMoreData, GobValue.Null)
                    : throw new ProtocolException(ProtocolError.BadGob, "the stream ended inside a gob message");
            }

            _end += read;
        }
    }

    /// <summary>Writes a header and a body in one piece. A write that fails or is cancelled half way ends the stream.</summary>
    public async ValueTask WritePairAsync(GobType headerType, GobValue header, GobType bodyType, GobValue body, CancellationToken cancellationToken)
    {
        // Before the encoder notes any definition as sent.
        GobEncoder.Check(bodyType, body);
        using var holder = await _writing.EnterAsync(cancellationToken);
        _output.ResetWrittenCount();
        _encoder.Encode(_output, headerType, header);
        _encoder.Encode(_output, bodyType, body);
        try
        {
            await stream.WriteAsync(_output.WrittenMemory, cancellationToken);
        }
        catch
        {
            stream.Abort();
            throw;
        }
    }

    /// <summary>Breaks reads and writes off.</summary>
    public void Abort() => stream.Abort();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        var buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Growth ends by itself: past MaxMessage the decoder reports a broken stream.
    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        var target = _start > 0 ? _buffer : ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }

        _end -= _start;
        _start = 0;
    }
}
