// A listening port of an in-memory host.
using System.Net;
using System.Threading.Channels;
using Skywire.Wire;

namespace Skywire.Testing;

internal sealed class MemoryListener : IStreamListener
{
    // Linux default somaxconn is 4096, but programs pass less; small enough that an accept loop that stopped shows.
    private const int Backlog = 256;

    private readonly Channel<IByteStream> _incoming = Channel.CreateBounded<IByteStream>(Backlog);
    private readonly MemoryHost _host;

    public MemoryListener(MemoryHost host, IPEndPoint local)
    {
        _host = host;
        LocalEndPoint = local;
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>False when the backlog is full or the listener closed.</summary>
    public bool TryEnqueue(IByteStream stream) => _incoming.Writer.TryWrite(stream);

    public async ValueTask<IByteStream> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _incoming.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException($"listener {LocalEndPoint}");
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_incoming.Writer.TryComplete())
        {
            _host.Remove(this);
            while (_incoming.Reader.TryRead(out var stream))
            {
                stream.Abort();
            }
        }

        return ValueTask.CompletedTask;
    }
}
