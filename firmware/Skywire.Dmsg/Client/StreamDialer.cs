// Opens streams to other clients (spec 03 §5, spec 23 §3).
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg.Objects;
using Skywire.Dmsg.Sessions;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Dmsg.Client;

/// <summary>
/// The ladder of a dial: the peer's entry; the sessions we have with its servers, raced with a stagger; then new sessions to its servers. A signed
/// refusal of the peer ends the ladder: it was reached and said no. Thread-safe.
/// </summary>
internal sealed class StreamDialer(ClientContext context, SessionKeeper sessions, EntryCache entries, PortTable ports, OwnedTasks tasks, CancellationToken stop)
{
    private readonly DestinationBackoffs _backoffs = new(context);

    private delegate Task<Outcome> Attempt(CancellationToken cancellationToken);

    /// <summary>Forgets destinations that could not be reached: the network has changed.</summary>
    public void Renew() => _backoffs.Clear();

    /// <summary>Opens a stream. Throws <see cref="ProtocolException"/> with the cause.</summary>
    public async Task<IDmsgStream> DialAsync(PubKey remote, ushort port, CancellationToken cancellationToken)
    {
        if (remote.IsNull || port == 0)
        {
            throw new ArgumentException("a dial needs a key and a port above 0");
        }

        if (_backoffs.Check(remote) is { } recent)
        {
            context.Causes.Add(recent.Error);
            throw recent;
        }

        var reservation = ports.ReserveEphemeral();
        try
        {
            var stream = await DialAsync(remote, port, reservation, cancellationToken);
            _backoffs.Succeeded(remote);
            return stream;
        }
        catch (Exception e)
        {
            reservation.Dispose();
            if (e is ProtocolException failure)
            {
                context.Causes.Add(failure.Error);
                Log.DialFailed(context.Log, remote.ToShortString(), port, failure.Message);
            }

            throw;
        }
    }

    private async Task<IDmsgStream> DialAsync(PubKey remote, ushort port, PortReservation reservation, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(context.Options.DialTimeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken, stop);
        Outcome outcome;
        try
        {
            outcome = await ClimbAsync(remote, port, reservation.Port, either.Token);
        }
        catch (ServiceException e)
        {
            // Says nothing about the peer, so it is not held against it.
            throw new ProtocolException(ProtocolError.ServiceUnreachable, "the dmsg discovery could not be asked: " + e.Message, e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            outcome = Outcome.Failed(ProtocolError.TimedOut, $"dialling took longer than {context.Options.DialTimeout.TotalSeconds} s");
        }

        if (outcome.Stream is not null)
        {
            using var handshake = outcome.Handshake!;
            return new DmsgStream(outcome.Stream, handshake, reservation.Port, port, reservation);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var error = stop.IsCancellationRequested
            ? new ProtocolException(ProtocolError.ShuttingDown, "the dmsg client is closing")
            : outcome.Error!;
        if (outcome.IsFinal)
        {
            _backoffs.Succeeded(remote);
        }
        else
        {
            entries.Remove(remote);
            _backoffs.Failed(remote, error);
        }

        throw error;
    }

    private async Task<Outcome> ClimbAsync(PubKey remote, ushort port, ushort localPort, CancellationToken cancellationToken)
    {
        var entry = await entries.GetAsync(remote, cancellationToken);
        if (entry?.DelegatedServers is not { } delegated)
        {
            return Outcome.Failed(ProtocolError.EntryNotFound, $"the discovery has no client entry of {remote.ToShortString()}");
        }

        var live = sessions.Live.Where(s => delegated.Contains(s.RemoteKey)).OrderBy(s => s.RoundTrip).ToList();
        var outcome = Outcome.Failed(ProtocolError.NoServer, $"{remote.ToShortString()} names no dmsg server that could be joined");
        var overLive = live.Select(s => (Attempt)(token => RequestAsync(s, remote, port, localPort, token))).ToList();
        outcome = await RaceAsync(overLive, context.Options.RaceStagger, outcome, cancellationToken);
        if (outcome.Stream is not null || outcome.IsFinal || cancellationToken.IsCancellationRequested)
        {
            return outcome;
        }

        var others = delegated.Where(k => live.TrueForAll(s => s.RemoteKey != k)).Distinct().ToList();
        context.Entropy.Shuffle(others);
        var overNew = others.Take(context.Options.MaxNewSessionsPerDial).Select(k => (Attempt)(token => JoinAndRequestAsync(k, remote, port, localPort, token))).ToList();
        return await RaceAsync(overNew, context.Options.NewSessionStagger, outcome, cancellationToken);
    }

    // Starts the next attempt when the last one failed or has had its head start; the first stream wins.
    private async Task<Outcome> RaceAsync(List<Attempt> attempts, TimeSpan stagger, Outcome fallback, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<Outcome>>();
        var next = 0;
        while (next < attempts.Count || running.Count > 0)
        {
            if (next < attempts.Count)
            {
                running.Add(attempts[next++](over.Token));
            }

            var ended = await FirstAsync(running, next < attempts.Count ? stagger : Timeout.InfiniteTimeSpan);
            if (ended is null)
            {
                continue;
            }

            running.Remove(ended);
            var outcome = await ended;
            if (outcome.Stream is not null || outcome.IsFinal)
            {
                fallback = outcome;
                break;
            }

            fallback = outcome;
        }

        over.Cancel();
        foreach (var late in running)
        {
            tasks.Run(() => DiscardAsync(late));
        }

        return fallback;
    }

    private async Task<Task<Outcome>?> FirstAsync(List<Task<Outcome>> running, TimeSpan limit)
    {
        try
        {
            return await Task.WhenAny(running).WaitAsync(limit, context.Time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static async Task DiscardAsync(Task<Outcome> late)
    {
        var outcome = await late;
        outcome.Handshake?.Dispose();
        if (outcome.Stream is not null)
        {
            outcome.Stream.Abort();
            await outcome.Stream.DisposeAsync();
        }
    }

    private async Task<Outcome> JoinAndRequestAsync(PubKey server, PubKey remote, ushort port, ushort localPort, CancellationToken cancellationToken)
    {
        if (context.Options.MinSessions != 0 && sessions.Live.Count >= context.Options.MaxSessions)
        {
            return Outcome.Failed(ProtocolError.LimitReached, $"all {context.Options.MaxSessions} dmsg sessions are in use");
        }

        try
        {
            var entry = await entries.GetAsync(server, cancellationToken);
            return entry?.Server is null
                ? Outcome.Failed(ProtocolError.NoServer, $"{server.ToShortString()} is not a dmsg server")
                : await RequestAsync(await sessions.GetAsync(entry, cancellationToken), remote, port, localPort, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return Outcome.Failed(ProtocolError.TimedOut, $"dmsg server {server.ToShortString()} was not joined in time");
        }
        catch (IOException e)
        {
            return new Outcome(null, null, e as ProtocolException ?? new ProtocolException(ProtocolError.NoServer, e.Message, e), IsFinal: false);
        }
    }

    // One request over one session. Never throws for what peers do: a race awaits many of these.
    private async Task<Outcome> RequestAsync(DmsgSession session, PubKey remote, ushort port, ushort localPort, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(context.Options.StreamTimeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var handshake = new HandshakeState(HandshakePattern.KK, initiator: true, context.Key, remote, context.Entropy);
        IByteStream? stream = null;
        Outcome outcome;
        try
        {
            stream = await session.Mux.OpenAsync(either.Token);
            var message = new byte[HandshakeState.MaxMessage];
            var n = handshake.WriteMessage([], message);
            var request = new StreamRequest(
                context.UnixNanoseconds, new DmsgAddress(context.Key.PublicKey, localPort), new DmsgAddress(remote, port), message[..n]).Sign(context.Key);
            await session.Objects.WriteAsync(stream, request, either.Token);
            var answer = (await session.Objects.ReadAsync(stream, markerAllowed: false, either.Token)).Object;
            outcome = Judge(answer, request, handshake, remote, port, stream);
        }
        catch (OperationCanceledException)
        {
            outcome = Outcome.Failed(ProtocolError.TimedOut, $"no answer over server {session.RemoteKey.ToShortString()} in time");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            outcome = new Outcome(null, null, e as ProtocolException ?? new ProtocolException(ProtocolError.SessionClosed, e.Message, e), IsFinal: false);
        }

        if (outcome.Stream is null)
        {
            handshake.Dispose();
            if (stream is not null)
            {
                stream.Abort();
                await stream.DisposeAsync();
            }
        }

        return outcome;
    }

    private static Outcome Judge(byte[]? answer, byte[] request, HandshakeState handshake, PubKey remote, ushort port, IByteStream stream)
    {
        if (answer is null)
        {
            return Outcome.Failed(ProtocolError.DialRefused, $"{remote.ToShortString()} port {port}: closed without an answer; the server does not hold the peer, or nobody listens");
        }

        var code = StreamResponse.TryParse(answer, StreamResponse.HashOf(request), remote, out var response);
        if (code != DmsgErrorCode.None)
        {
            return Outcome.Failed(code.ToProtocolError(), $"the answer of {remote.ToShortString()} is not valid ({(int)code})");
        }

        if (!response!.Accepted)
        {
            var error = response.Code.ToProtocolError();
            return new Outcome(null, null, new ProtocolException(error, $"{remote.ToShortString()} refused port {port}: {error}"), IsFinal: true);
        }

        return handshake.TryReadMessage(response.NoiseMessage)
            ? new Outcome(stream, handshake, null, IsFinal: true)
            : Outcome.Failed(ProtocolError.BadHandshake, $"the Noise message of {remote.ToShortString()} does not verify");
    }

    /// <summary>How an attempt ended: with a stream and its completed handshake, or an error; final when the peer itself answered.</summary>
    private sealed record Outcome(IByteStream? Stream, HandshakeState? Handshake, ProtocolException? Error, bool IsFinal)
    {
        public static Outcome Failed(ProtocolError error, string message) => new(null, null, new ProtocolException(error, message), IsFinal: false);
    }
}
