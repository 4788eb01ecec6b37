// A byte stream that plays bytes prepared beforehand and keeps what is written.
using System.Net;

namespace Skywire.Wire.Tests;

/// <summary>Gives <paramref name="input"/> in pieces of at most <paramref name="piece"/> bytes, then the end, or nothing more until aborted.</summary>
internal sealed class ScriptedStream(byte[] input, int piece = int.MaxValue, bool endAfterInput = true) : IByteStream
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AsyncSignal _written = new();
    private int _position;

    public List<byte[]> Writes { get; } = [];

    public bool IsDisposed { get; private set; }

    public EndPoint? RemoteEndPoint => null;

    public byte[] Output
    {
        get
        {
            lock (_lock)
            {
                return [.. Writes.SelectMany(w => w)];
            }
        }
    }

    /// <summary>Waits until so many writes were made.</summary>
    public async Task WaitForWritesAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (Writes.Count >= count)
                {
                    return;
                }
            }

            await _written.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = Math.Min(Math.Min(piece, buffer.Length), input.Length - _position);
        if (count > 0)
        {
            input.AsSpan(_position, count).CopyTo(buffer.Span);
            _position += count;
            return count;
        }

        if (!endAfterInput)
        {
            await _aborted.Task.WaitAsync(cancellationToken);
        }

        return 0;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Writes.Add(data.ToArray());
        }

        _written.Set();
        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Abort() => _aborted.TrySetResult();

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        Abort();
        return ValueTask.CompletedTask;
    }
}
