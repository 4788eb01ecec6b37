// A byte stream that keeps what passes.
using System.Net;
using Skywire.Testing;

namespace Skywire.Wire.Tests.Yamux;

/// <summary>Records what is written; lets a test wait until so many bytes were read.</summary>
internal sealed class Tap(IByteStream below) : IByteStream
{
    private readonly Lock _lock = new();
    private readonly AsyncSignal _progress = new();
    private readonly List<byte> _written = [];
    private int _read;

    public static (Tap A, Tap B) CreatePair()
    {
        var (a, b) = MemoryNetwork.CreatePair();
        return (new Tap(a), new Tap(b));
    }

    public byte[] Written
    {
        get
        {
            lock (_lock)
            {
                return [.. _written];
            }
        }
    }

    public EndPoint? RemoteEndPoint => below.RemoteEndPoint;

    public async Task WaitForReadAsync(int bytes, CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _read) < bytes)
        {
            await _progress.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await below.ReadAsync(buffer, cancellationToken);
        Interlocked.Add(ref _read, count);
        _progress.Set();
        return count;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _written.AddRange(data.Span);
        }

        return below.WriteAsync(data, cancellationToken);
    }

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => below.CompleteWritesAsync(cancellationToken);

    public void Abort() => below.Abort();

    public ValueTask DisposeAsync() => below.DisposeAsync();
}
