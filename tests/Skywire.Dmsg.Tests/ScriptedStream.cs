// A stream below whose reads are prepared and whose writes are kept: everything completes at once.
using System.Net;
using Skywire.Wire;

namespace Skywire.Dmsg.Tests;

internal sealed class ScriptedStream : IByteStream
{
    private readonly Queue<byte[]> _reads = new();
    private int _offset;

    public List<byte[]> Writes { get; } = [];

    public bool KeepWrites { get; set; } = true;

    public int ReadCalls { get; private set; }

    public int LargestRead { get; private set; }

    public bool IsAborted { get; private set; }

    public bool IsDisposed { get; private set; }

    public Exception? WriteError { get; set; }

    /// <summary>Repeats the script for ever instead of ending.</summary>
    public bool Loop { get; set; }

    public EndPoint? RemoteEndPoint => null;

    public ScriptedStream Then(params byte[] chunk)
    {
        _reads.Enqueue(chunk);
        return this;
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ReadCalls++;
        LargestRead = Math.Max(LargestRead, buffer.Length);
        if (IsAborted)
        {
            return ValueTask.FromException<int>(new IOException("aborted"));
        }

        if (!_reads.TryPeek(out var chunk))
        {
            return new ValueTask<int>(0);
        }

        var n = Math.Min(buffer.Length, chunk.Length - _offset);
        chunk.AsSpan(_offset, n).CopyTo(buffer.Span);
        _offset += n;
        if (_offset == chunk.Length)
        {
            _offset = 0;
            _reads.Dequeue();
            if (Loop)
            {
                _reads.Enqueue(chunk);
            }
        }

        return new ValueTask<int>(n);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (WriteError is not null)
        {
            return ValueTask.FromException(WriteError);
        }

        if (KeepWrites)
        {
            Writes.Add(data.ToArray());
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Abort() => IsAborted = true;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
