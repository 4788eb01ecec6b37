// TCP transports whose addresses come from the address resolver (spec 10 §7).
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Transport.Handshake;
using Skywire.Transport.Net;
using Skywire.Wire;

namespace Skywire.Transport.Stcpr;

/// <summary>Listens, announces the port, dials by key. Accepting does not depend on the resolver: what it refuses to list may still be dialled by those who know.</summary>
public sealed class StcprNetwork : ITransportNetwork
{
    private readonly StcprOptions _options;
    private readonly SecKey _key;
    private readonly INetwork _network;
    private readonly IAddressResolver? _resolver;
    private readonly Func<IReadOnlyList<string>> _ownAddresses;
    private readonly IEntropy _entropy;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IncomingLinks _incoming;
    private readonly EphemeralPorts _ports = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _announcing = Task.CompletedTask;
    private readonly AsyncSignal _announceNow = new();
    private volatile bool _announced;

    /// <summary>Does nothing until <see cref="StartAsync"/>. Without a resolver it only accepts. <paramref name="ownAddresses"/> is asked before each announcement (<see cref="LocalAddresses.Read"/>).</summary>
    public StcprNetwork(StcprOptions options, SecKey key, INetwork network, IAddressResolver? resolver, Func<IReadOnlyList<string>> ownAddresses, IEntropy entropy, TimeProvider time, ILoggerFactory loggers)
    {
        options.Validate();
        _options = options;
        _key = key;
        _network = network;
        _resolver = resolver;
        _ownAddresses = ownAddresses;
        _entropy = entropy;
        _time = time;
        _log = loggers.CreateLogger<StcprNetwork>();
        _incoming = new IncomingLinks(Type, (stream, cancel) => LinkHandshake.AcceptAsync(stream, key, entropy, time, cancel), Causes, _log);
    }

    /// <inheritdoc/>
    public string Type => TransportTypes.Stcpr;

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes { get; } = new("stcpr");

    /// <summary>Where it listens; null before it does.</summary>
    public IPEndPoint? LocalEndPoint { get; private set; }

    /// <summary>Whether the resolver lists this visor, in words for the operator.</summary>
    public string AnnounceStatus { get; private set; } = "not started";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var listener = Listen();
        LocalEndPoint = listener.LocalEndPoint;
        _incoming.Start(listener);
        if (_resolver is null)
        {
            AnnounceStatus = "no address resolver is configured";
        }
        else
        {
            _announcing = AnnounceLoopAsync(_resolver, listener.LocalEndPoint.Port);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<TransportLink> DialAsync(PubKey remote, CancellationToken cancellationToken)
    {
        if (_resolver is null)
        {
            throw new ProtocolException(ProtocolError.AddressUnknown, "no address resolver is configured");
        }

        ResolvedAddress? resolved;
        try
        {
            resolved = await _resolver.ResolveAsync(Type, remote, cancellationToken);
        }
        catch (ServiceException e)
        {
            throw new ProtocolException(e.Status == 0 ? ProtocolError.ServiceUnreachable : ProtocolError.ServiceRefused, e.Message, e);
        }

        var candidates = resolved is null ? [] : Candidates.Of(resolved);
        if (candidates.Count == 0)
        {
            throw new ProtocolException(ProtocolError.AddressUnknown, resolved is null ? "the address resolver does not know the peer" : "the address resolver gave no usable address of the peer");
        }

        try
        {
            return await AddressRace.RunAsync(
                candidates,
                (address, cancel) => DialOneAsync(address, remote, cancel),
                static loser => loser.Stream.Abort(),
                _options.CandidateStagger,
                _time,
                cancellationToken);
        }
        catch (IOException e) when (e is not ProtocolException)
        {
            throw new ProtocolException(ProtocolError.DialFailed, e.Message, e);
        }
    }

    /// <summary>The resolver may have forgotten the announcement: it is made again at once. Does not wait.</summary>
    public void Renew() => _announceNow.Set();

    /// <inheritdoc/>
    public ValueTask<TransportLink> AcceptAsync(CancellationToken cancellationToken) => _incoming.AcceptAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        await _announcing;
        await _incoming.DisposeAsync();
        if (_announced && _resolver is not null)
        {
            using var limit = new CancellationTokenSource(_options.WithdrawLimit, _time);
            try
            {
                await _resolver.UnbindStcprAsync(limit.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The binding expires, or is overwritten by the next start.
                Causes.Add(ProtocolError.ServiceUnreachable);
            }
        }
    }

    private IStreamListener Listen()
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return _network.Listen(new IPEndPoint(_options.ListenAddress, _options.Port == 0 ? 0 : _options.Port + i));
            }
            catch (IOException e) when (_options.Port != 0 && i + 1 < _options.PortTries && _options.Port + i < ushort.MaxValue)
            {
                Causes.Add(ProtocolError.PortTaken);
                Log.PortTaken(_log, e.Message, _options.Port + i + 1);
            }
        }
    }

    private async Task<TransportLink> DialOneAsync(string address, PubKey remote, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.CandidateLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var stream = await _network.ConnectAsync(address, either.Token);
            return await LinkHandshake.DialAsync(stream, _key, _ports.Next(), remote, _entropy, _time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProtocolException(ProtocolError.TimedOut, $"{address}: no link within {_options.CandidateLimit.TotalSeconds:0.#} s");
        }
        catch (ProtocolException e)
        {
            throw new ProtocolException(e.Error, $"{address}: {e.Message}", e);
        }
    }

    private async Task AnnounceLoopAsync(IAddressResolver resolver, int port)
    {
        await Task.Yield();
        var pauses = new Backoff(new BackoffOptions(_options.AnnounceFirst, 2, _options.AnnounceLongest), _entropy);
        try
        {
            while (true)
            {
                var failure = await TryAnnounceAsync(resolver, port);
                TimeSpan pause;
                if (failure is null)
                {
                    pauses.Reset();
                    pause = _options.AnnounceInterval * (0.5 + (0.5 * _entropy.NextFraction()));
                    if (!_announced)
                    {
                        _announced = true;
                        Log.Announced(_log, port);
                    }

                    AnnounceStatus = $"announced with port {port}";
                }
                else
                {
                    pause = pauses.Next();
                    AnnounceStatus = "not announced: " + failure;
                    Log.NotAnnounced(_log, port, failure, pause);
                }

                await WaitAsync(pause);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task WaitAsync(TimeSpan pause)
    {
        using var timer = new CancellationTokenSource(pause, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _stopping.Token);
        try
        {
            await _announceNow.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // The pause is over.
        }
    }

    /// <summary>Null when the resolver took it, else why not.</summary>
    private async Task<string?> TryAnnounceAsync(IAddressResolver resolver, int port)
    {
        var addresses = _ownAddresses();
        if (!_options.AllowPrivate && !addresses.Any(a => IPAddress.TryParse(a, out var ip) && LocalAddresses.IsPublic(ip)))
        {
            return "this machine has no public address, so that others could not reach it by the one the resolver would list";
        }

        try
        {
            await resolver.BindStcprAsync(port, addresses, _stopping.Token);
            return null;
        }
        catch (IOException e)
        {
            Causes.Add(e is ServiceException { Status: > 0 } ? ProtocolError.ServiceRefused : ProtocolError.ServiceUnreachable);
            return e.Message;
        }
    }
}
