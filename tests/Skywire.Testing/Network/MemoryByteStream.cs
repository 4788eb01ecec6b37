// One end of an in-memory connection.
using System.Net;
using Skywire.Wire;

namespace Skywire.Testing;

/// <summary>An end of a connection made of two pipes. Thread-safe as <see cref="IByteStream"/> asks: one reader, one writer, abort from anywhere.</summary>
internal sealed class MemoryByteStream : IByteStream
{
    private readonly MemoryPipe _out;
    private readonly MemoryPipe _in;
    private readonly Action<MemoryByteStream>? _onClosed;
    private int _closed;

    public MemoryByteStream(MemoryPipe outgoing, MemoryPipe incoming, IPEndPoint? local, IPEndPoint? remote, Action<MemoryByteStream>? onClosed)
    {
        _out = outgoing;
        _in = incoming;
        _onClosed = onClosed;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        _in.OnReset = _out.FailWriter;
        _out.OnRejected = _in.FailReader;
    }

    public IPEndPoint? LocalEndPoint { get; }

    public EndPoint? RemoteEndPoint { get; }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _in.ReadAsync(buffer, cancellationToken);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _out.WriteAsync(data, cancellationToken);

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        _out.CompleteWrites();
        return ValueTask.CompletedTask;
    }

    public void Abort() => Close(new IOException("the stream was aborted"), tellPeer: true);

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _out.CompleteWrites();
            _in.CloseReader();
            _onClosed?.Invoke(this);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The machine of this end lost power: this end fails, the other hears nothing.</summary>
    internal void Vanish() => Close(new IOException("the host went down"), tellPeer: false);

    private void Close(IOException local, bool tellPeer)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _out.AbortFromWriter(local, new IOException("connection reset by peer"), tellPeer);
            _in.AbortFromReader(local);
            _onClosed?.Invoke(this);
        }
    }
}
