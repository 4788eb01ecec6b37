// TCP transports whose addresses come from a table in the configuration (spec 10 §7).
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport.Handshake;
using Skywire.Transport.Net;
using Skywire.Wire;

namespace Skywire.Transport.Stcp;

/// <summary>Settings of <see cref="StcpNetwork"/>.</summary>
public sealed record StcpOptions
{
    /// <summary>Where to listen; null only dials. The reference's default is port 7777 on all addresses.</summary>
    public IPEndPoint? Listen { get; init; } = new(IPAddress.Any, 7777);

    /// <summary>host:port of each peer.</summary>
    public IReadOnlyDictionary<PubKey, string> Table { get; init; } = new Dictionary<PubKey, string>();
}

/// <summary>Listens on a fixed address and dials those in its table.</summary>
public sealed class StcpNetwork : ITransportNetwork
{
    private readonly StcpOptions _options;
    private readonly SecKey _key;
    private readonly INetwork _network;
    private readonly IEntropy _entropy;
    private readonly TimeProvider _time;
    private readonly IncomingLinks _incoming;
    private readonly EphemeralPorts _ports = new();

    /// <summary>Does nothing until <see cref="StartAsync"/>.</summary>
    public StcpNetwork(StcpOptions options, SecKey key, INetwork network, IEntropy entropy, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _key = key;
        _network = network;
        _entropy = entropy;
        _time = time;
        _incoming = new IncomingLinks(Type, (stream, cancel) => LinkHandshake.AcceptAsync(stream, key, entropy, time, cancel), Causes, loggers.CreateLogger<StcpNetwork>());
    }

    /// <inheritdoc/>
    public string Type => TransportTypes.Stcp;

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes { get; } = new("stcp");

    /// <summary>Where it listens; null when it does not.</summary>
    public IPEndPoint? LocalEndPoint { get; private set; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.Listen is not null)
        {
            var listener = _network.Listen(_options.Listen);
            LocalEndPoint = listener.LocalEndPoint;
            _incoming.Start(listener);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<TransportLink> DialAsync(PubKey remote, CancellationToken cancellationToken)
    {
        if (!_options.Table.TryGetValue(remote, out var address))
        {
            throw new ProtocolException(ProtocolError.AddressUnknown, "the peer is not in the stcp table");
        }

        try
        {
            var stream = await _network.ConnectAsync(address, cancellationToken);
            return await LinkHandshake.DialAsync(stream, _key, _ports.Next(), remote, _entropy, _time, cancellationToken);
        }
        catch (IOException e) when (e is not ProtocolException)
        {
            throw new ProtocolException(ProtocolError.DialFailed, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<TransportLink> AcceptAsync(CancellationToken cancellationToken) => _incoming.AcceptAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _incoming.DisposeAsync();
}
