// Incoming links: from a network's accept to a settled transport.
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Transport.Links;
using Skywire.Transport.Manager;
using Skywire.Transport.Settlement;
using Skywire.Wire;

namespace Skywire.Transport;

public sealed partial class TransportManager
{
    /// <summary>Pauses before a network that cannot listen is tried again; the operator who freed a port does not want to wait longer.</summary>
    private static readonly BackoffOptions NetworkRetry = new(TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(1));

    /// <summary>About when a new link is first pinged: soon, so that its round trip shows, but not while its first route is set up.</summary>
    private static readonly TimeSpan FirstPing = TimeSpan.FromSeconds(3);

    private int _settling;

    /// <summary>Null when it listens, else the pause before the next try.</summary>
    private async Task<TimeSpan?> TryStartAsync(ITransportNetwork network, Backoff pauses, CancellationToken cancellationToken)
    {
        try
        {
            await network.StartAsync(cancellationToken);
            Log.NetworkUp(_log, network.Type);
            return null;
        }
        catch (IOException e)
        {
            var pause = pauses.Next();
            Causes.Add((e as ProtocolException)?.Error ?? ProtocolError.PortTaken);
            Log.NetworkDown(_log, network.Type, e.Message, pause);
            return pause;
        }
    }

    private async Task AcceptLoopAsync(ITransportNetwork network, TimeSpan? pause, Backoff pauses)
    {
        try
        {
            while (pause is { } p)
            {
                await Task.Delay(p, _time, _stopping.Token);
                pause = await TryStartAsync(network, pauses, _stopping.Token);
            }

            while (true)
            {
                var link = await network.AcceptAsync(_stopping.Token);
                if (Interlocked.Increment(ref _settling) > _options.MaxSettlements)
                {
                    Interlocked.Decrement(ref _settling);
                    Refuse(network.Type, link, ProtocolError.LimitReached, "too many settlements at a time");
                    continue;
                }

                _tasks.Run(() => SettleAsync(network.Type, link));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The manager ends, or the network was disposed with it.
        }
    }

    private async Task SettleAsync(string type, TransportLink link)
    {
        try
        {
            if (link.RemoteKey == _key.PublicKey)
            {
                Refuse(type, link, ProtocolError.WrongSource, "the peer has this visor's own key");
                return;
            }

            var agreed = await SettlementHandshake.RespondAsync(link, _key, type, cancel => MayAcceptAsync(link, type, cancel), _time, _stopping.Token);
            Enter(agreed.Entry, link, isInitiator: false, agreed);
        }
        catch (OperationCanceledException)
        {
            link.Stream.Abort();
        }
        catch (IOException e)
        {
            Refuse(type, link, (e as ProtocolException)?.Error ?? ProtocolError.TransportClosed, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _settling);
        }
    }

    /// <summary>
    /// Asked when the peer's entry is right, before the answer. The least significant edge keeps the link it has, but only if that one shows life: a
    /// peer that lost power comes back long before its old link times out.
    /// </summary>
    private async ValueTask<bool> MayAcceptAsync(TransportLink link, string type, CancellationToken cancellationToken)
    {
        if (_table.Find(TransportId.Of(_key.PublicKey, link.RemoteKey, type)) is not { IsUp: true } old)
        {
            return _table.All.Count < _options.MaxTransports ? true : throw new ProtocolException(ProtocolError.LimitReached, "too many transports");
        }

        if (!_table.IsLeastSignificantEdge(link.RemoteKey))
        {
            return true;
        }

        var seen = old.PingNow();
        var since = _time.GetTimestamp();
        while (old.IsUp && !old.HasReadSince(seen) && _time.GetElapsedTime(since) < _options.DuplicateProbe)
        {
            await Task.Delay(_options.DuplicateProbe / 10, _time, cancellationToken);
        }

        if (!old.IsUp)
        {
            return true;
        }

        // A peer that never answers pings shows life by not resetting the connection.
        if (old.HasReadSince(seen) || !old.AnswersPings)
        {
            return false;
        }

        old.Close(ProtocolError.KeepAliveTimeout, "silent when the peer came with a new link");
        await old.Completion.Stay().WaitAsync(cancellationToken);
        return true;
    }

    private void Refuse(string type, TransportLink link, ProtocolError cause, string reason)
    {
        Causes.Add(cause);
        Log.LinkRefused(_log, type, cause, reason);
        link.Stream.Abort();
    }
}
