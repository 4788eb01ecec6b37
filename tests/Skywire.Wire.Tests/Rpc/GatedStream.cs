// A byte stream whose answers are let through one by one.
using System.Net;
using System.Threading.Channels;

namespace Skywire.Wire.Tests.Rpc;

/// <summary>Each <see cref="Release"/> gives the reader the next answer; writes are kept.</summary>
internal sealed class GatedStream(IEnumerable<byte[]> answers) : IByteStream
{
    private readonly Queue<byte[]> _answers = new(answers);
    private readonly Channel<byte[]> _open = Channel.CreateUnbounded<byte[]>();
    private byte[] _rest = [];

    public List<byte> Sent { get; } = [];

    public byte[] FirstWrite { get; private set; } = [];

    public int WriteCount { get; private set; }

    public EndPoint? RemoteEndPoint => null;

    public void Release() => _open.Writer.TryWrite(_answers.Dequeue());

    public void End() => _open.Writer.TryComplete();

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_rest.Length == 0)
        {
            if (!await _open.Reader.WaitToReadAsync(cancellationToken) || !_open.Reader.TryRead(out _rest!))
            {
                return 0;
            }
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.AsSpan(0, count).CopyTo(buffer.Span);
        _rest = _rest[count..];
        return count;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (WriteCount++ == 0)
        {
            FirstWrite = data.ToArray();
        }

        Sent.AddRange(data.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Abort() => End();

    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }
}
