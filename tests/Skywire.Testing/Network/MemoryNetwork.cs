// TCP without a kernel: hosts, links and everything that goes wrong between them, repeatable from one seed.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Skywire.Wire;

namespace Skywire.Testing;

/// <summary>
/// A network in memory. <see cref="Host"/> is one machine on it; the network itself, used as <see cref="INetwork"/>, is one more host for tests that need just one.
/// Streams have bounded buffers with back-pressure, half-close, resets, and the delays and faults of the link between their hosts.
/// </summary>
public sealed partial class MemoryNetwork : INetwork
{
    // What a kernel grants a stream in one direction before a writer has to wait.
    private const int DefaultBuffer = 256 * 1024;

    // Size on the wire of a segment without data, for the delay of a connect.
    private const int BareSegment = 60;

    // Linux gives up a connect after six retries, 127 s.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(127);

    // First retry of a connect.
    private static readonly TimeSpan SynRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly SimulationEntropy _entropy;
    private readonly Dictionary<IPAddress, MemoryHost> _hosts = [];
    private readonly Dictionary<string, IPAddress> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(IPAddress From, IPAddress To), MemoryPath> _paths = [];
    private readonly Dictionary<(IPAddress From, IPAddress To), LinkOptions> _links = [];
    private readonly List<MemoryByteStream> _streams = [];
    private readonly MemoryHost _self;
    private int _connections;

    /// <summary>An empty network whose delays run on <paramref name="time"/> and whose chances are drawn from <paramref name="entropy"/>.</summary>
    public MemoryNetwork(TimeProvider time, SimulationEntropy entropy)
    {
        _time = time;
        _entropy = entropy;
        _self = Host("10.255.255.1");
    }

    /// <summary>How much a read returns.</summary>
    public ReadChunking Chunking { get; set; } = ReadChunking.Random;

    /// <summary>Bytes a direction of a new stream holds from write to read.</summary>
    public int BufferSize { get; set; } = DefaultBuffer;

    /// <summary>Link between hosts that have none of their own. Set it before the first connection between them.</summary>
    public LinkOptions DefaultLink { get; set; } = LinkOptions.Instant;

    /// <summary>Connections made so far.</summary>
    public int ConnectionCount => Volatile.Read(ref _connections);

    /// <summary>Two connected streams that need neither network nor scheduler. With <paramref name="chunkSeed"/>, reads return random parts.</summary>
    public static (IByteStream A, IByteStream B) CreatePair(int? chunkSeed = null, int bufferSize = DefaultBuffer)
    {
        var chunks = chunkSeed is { } seed ? new SimulationEntropy(seed) : null;
        var shared = new Lock();
        var ab = new MemoryPipe(shared, bufferSize, null, chunks?.For("b"));
        var ba = new MemoryPipe(shared, bufferSize, null, chunks?.For("a"));
        return (new MemoryByteStream(ab, ba, null, null, null), new MemoryByteStream(ba, ab, null, null, null));
    }

    /// <summary>The host with this address; made when it is not there yet.</summary>
    public MemoryHost Host(string address)
    {
        var ip = IPAddress.Parse(address);
        lock (_lock)
        {
            if (!_hosts.TryGetValue(ip, out var host))
            {
                _hosts.Add(ip, host = new MemoryHost(this, ip));
            }

            return host;
        }
    }

    /// <summary>Lets <paramref name="name"/> resolve to a host.</summary>
    public void AddName(string name, string address)
    {
        lock (_lock)
        {
            _names[name] = IPAddress.Parse(address);
        }
    }

    /// <summary>Sets the link between two hosts, both ways; streams there are follow it from the next write on.</summary>
    public void SetLink(string a, string b, LinkOptions link)
    {
        var (x, y) = (IPAddress.Parse(a), IPAddress.Parse(b));
        lock (_lock)
        {
            foreach (var pair in new[] { (x, y), (y, x) })
            {
                _links[pair] = link;
                if (_paths.TryGetValue(pair, out var path))
                {
                    path.Link = link;
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<IByteStream> ConnectAsync(string address, CancellationToken cancellationToken) => _self.ConnectAsync(address, cancellationToken);

    /// <inheritdoc/>
    public IStreamListener Listen(IPEndPoint local) => _self.Listen(local);

    internal (IPAddress Address, int Port) Resolve(string address)
    {
        if (IPEndPoint.TryParse(address, out var endPoint) && endPoint.Port != 0)
        {
            return (endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address, endPoint.Port);
        }

        var colon = address.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            throw new IOException($"not host:port: {address}");
        }

        var name = address[..colon];
        lock (_lock)
        {
            return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? (IPAddress.Loopback, port)
                : _names.TryGetValue(name, out var ip) ? (ip, port)
                : throw new IOException($"{name}: no such host", new SocketException((int)SocketError.HostNotFound));
        }
    }

    internal async ValueTask<IByteStream> ConnectAsync(MemoryHost source, IPAddress target, int port, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        MemoryPath there;
        MemoryPath back;
        MemoryHost? destination;
        lock (_lock)
        {
            there = Path(source.Address, target);
            back = Path(target, source.Address);
            if (!_hosts.TryGetValue(target, out destination))
            {
                throw Failed(target, port, SocketError.HostUnreachable, "no route to host");
            }
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = _time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, ConnectLimit, Timeout.InfiniteTimeSpan);
        try
        {
            return await ConnectAsync(source, destination, port, there, back, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(target, port, SocketError.TimedOut, "connection timed out");
        }
    }

    internal int CountStreams(IPAddress address)
    {
        lock (_lock)
        {
            return _streams.Count(stream => stream.LocalEndPoint!.Address.Equals(address));
        }
    }

    private static IOException Failed(IPAddress target, int port, SocketError error, string reason) =>
        new($"{new IPEndPoint(target, port)}: {reason}", new SocketException((int)error));

    private async Task<IByteStream> ConnectAsync(MemoryHost source, MemoryHost destination, int port, MemoryPath there, MemoryPath back, CancellationToken cancellationToken)
    {
        while (true)
        {
            await PassAsync(there, cancellationToken);
            if (there.IsRefused || destination.Find(port) is not { } listener)
            {
                await PassAsync(back, cancellationToken);
                throw Failed(destination.Address, port, SocketError.ConnectionRefused, "connection refused");
            }

            var (client, server) = Open(new IPEndPoint(source.Address, source.TakePort()), new IPEndPoint(destination.Address, port), there, back);
            if (listener.TryEnqueue(server))
            {
                try
                {
                    await PassAsync(back, cancellationToken);
                    return client;
                }
                catch
                {
                    client.Abort();
                    throw;
                }
            }

            client.Vanish();
            server.Vanish();
            await Task.Delay(SynRetry, _time, cancellationToken);
        }
    }

    // One bare segment on its way; a cut holds it until it heals and the next retry comes.
    private async Task PassAsync(MemoryPath path, CancellationToken cancellationToken)
    {
        while (path.IsCut)
        {
            await path.WaitHealedAsync(cancellationToken);
            await Task.Delay(SynRetry, _time, cancellationToken);
        }

        if (!path.IsInstant)
        {
            TimeSpan delay;
            lock (_lock)
            {
                delay = path.DrawDelay(BareSegment);
            }

            await Task.Delay(delay, _time, cancellationToken);
        }
    }

    private (MemoryByteStream Client, MemoryByteStream Server) Open(IPEndPoint source, IPEndPoint target, MemoryPath there, MemoryPath back)
    {
        lock (_lock)
        {
            var number = ++_connections;
            var chunks = Chunking == ReadChunking.Random ? _entropy.For(string.Create(CultureInfo.InvariantCulture, $"chunks {number}")) : null;
            var request = new MemoryPipe(_lock, BufferSize, there, chunks?.For("server"));
            var reply = new MemoryPipe(_lock, BufferSize, back, chunks?.For("client"));
            var client = new MemoryByteStream(request, reply, source, target, Forget);
            var server = new MemoryByteStream(reply, request, target, source, Forget);
            _streams.Add(client);
            _streams.Add(server);
            return (client, server);
        }
    }

    private void Forget(MemoryByteStream stream)
    {
        lock (_lock)
        {
            _streams.Remove(stream);
        }
    }

    private MemoryPath Path(IPAddress from, IPAddress to)
    {
        if (!_paths.TryGetValue((from, to), out var path))
        {
            var link = from.Equals(to) ? LinkOptions.Instant : _links.GetValueOrDefault((from, to), DefaultLink);
            path = new MemoryPath(_lock, _time, _entropy.For($"path {from} {to}"), link);
            _paths.Add((from, to), path);
            Refresh(from, to, path);
        }

        return path;
    }
}
