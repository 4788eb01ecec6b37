// Opening a route group (spec 12 §6.2), made robust: repeated until answered, never in clear unless configured.
using System.Buffers.Binary;
using System.Globalization;
using Skywire.Noise;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing;

internal sealed partial class RouteGroup
{
    private const int NoPeerFlag = -1;

    // One byte only: a longer one carries 2026 capabilities, none of which are offered here.
    private static readonly byte[] EncryptedFlag = [1];
    private static readonly byte[] ClearFlag = [0];

    private int _peerFlag = NoPeerFlag;
    private byte[]? _ownFlag;

    /// <summary>
    /// Runs the handshake in this end's role. On return traffic has passed both ways (initiator) or the peer has proved its key (responder). Throws
    /// <see cref="ProtocolException"/>; the group has then ended and told the peer.
    /// </summary>
    internal async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AwaitPeerFlagAsync(cancellationToken);
            if (!_isInitiator)
            {
                await AnswerFlagAsync(cancellationToken);
            }

            if (_peerFlag == 0)
            {
                AcceptClear();
            }
            else
            {
                await ExchangeKeysAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Abort();
            throw;
        }
        catch (ProtocolException e)
        {
            End(e.Error, e.Message, tellReason: true);
            CloseReader();
            throw;
        }

        Volatile.Write(ref _isOpen, true);
        _service = ServeAsync();
    }

    private async Task AwaitPeerFlagAsync(CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var sendAt = TimeSpan.Zero;
        while (Volatile.Read(ref _peerFlag) == NoPeerFlag)
        {
            ThrowIfEnded();
            var elapsed = _time.GetElapsedTime(start);
            if (elapsed >= _options.HandshakeLimit)
            {
                throw new ProtocolException(ProtocolError.HandshakeTimeout, "no handshake came over the route within " + Seconds(_options.HandshakeLimit));
            }

            if (_isInitiator && elapsed >= sendAt)
            {
                // A full transport is no reason to wait here: the repeat comes anyway.
                TrySendControl(PacketType.Handshake, EncryptedFlag);
                sendAt = elapsed + _options.HandshakeRepeat;
            }

            var wake = _isInitiator && sendAt < _options.HandshakeLimit ? sendAt : _options.HandshakeLimit;
            await WaitForArrivalAsync(wake - elapsed, cancellationToken);
        }

        ThrowIfEnded();
    }

    private async Task AnswerFlagAsync(CancellationToken cancellationToken)
    {
        var refusal = _router.RefusalOf(Descriptor.DestinationPort);
        var flag = _peerFlag == 0 && _options.AllowClear ? ClearFlag : EncryptedFlag;
        using var timer = new CancellationTokenSource(_options.HandshakeLimit, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _life.Token, timer.Token);
        Volatile.Write(ref _ownFlag, flag);
        try
        {
            await SendControlAsync(PacketType.Handshake, flag, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ThrowIfEnded();
            throw new ProtocolException(ProtocolError.HandshakeTimeout, "no room to send the handshake");
        }

        if (refusal is { } reason)
        {
            throw new ProtocolException(ProtocolError.NoListener, reason);
        }
    }

    private void AcceptClear()
    {
        if (_isInitiator || !_options.AllowClear)
        {
            throw new ProtocolException(ProtocolError.BadHandshake, "the peer asks for a route without encryption");
        }

        _isClear = true;
    }

    private async Task ExchangeKeysAsync(CancellationToken cancellationToken)
    {
        using var noise = new HandshakeState(HandshakePattern.KK, _isInitiator, _router.Key, RemoteKey, _router.Entropy);
        using var timer = new CancellationTokenSource(_options.NoiseLimit, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _life.Token, timer.Token);
        try
        {
            while (!noise.IsComplete)
            {
                if (noise.IsWriteTurn)
                {
                    await SendNoiseAsync(noise, limit.Token);
                }
                else if (!noise.TryReadMessage(await ReadNoiseAsync(limit.Token)))
                {
                    throw new ProtocolException(ProtocolError.BadHandshake, "the noise message of the peer does not verify");
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ThrowIfEnded();
            throw new ProtocolException(ProtocolError.RouteSilent, "the handshake was answered but the encrypted exchange was not finished within " + Seconds(_options.NoiseLimit));
        }

        (_sealer, _opener) = noise.Split(ReceiveRule.Strict);
    }

    private async Task SendNoiseAsync(HandshakeState noise, CancellationToken cancellationToken)
    {
        var message = new byte[NoiseFrame.PrefixSize + HandshakeState.MaxMessage];
        var n = noise.WriteMessage([], message.AsSpan(NoiseFrame.PrefixSize));
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)n);
        await SendControlAsync(PacketType.Data, message.AsMemory(0, NoiseFrame.PrefixSize + n), cancellationToken);
    }

    private async Task<byte[]> ReadNoiseAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_ring.TryPeek(out var payload))
            {
                var message = payload.Length > NoiseFrame.PrefixSize && BinaryPrimitives.ReadUInt16BigEndian(payload) == payload.Length - NoiseFrame.PrefixSize ? payload[NoiseFrame.PrefixSize..].ToArray() : null;
                _ring.Pop();
                return message ?? throw new ProtocolException(ProtocolError.BadHandshake, "the first data of the peer is no noise message");
            }

            ThrowIfEnded();
            await _arrived.WaitAsync(cancellationToken);
        }
    }

    // A repeated Handshake before the first data means that our answer was lost; afterwards repeats mean nothing.
    private void ReceiveHandshake(byte flag)
    {
        if (Interlocked.CompareExchange(ref _peerFlag, flag == 1 ? 1 : 0, NoPeerFlag) == NoPeerFlag)
        {
            _arrived.Set();
        }
        else if (!_isInitiator && !Volatile.Read(ref _isOpen) && Volatile.Read(ref _ownFlag) is { } answer)
        {
            TrySendControl(PacketType.Handshake, answer);
        }
    }

    private async Task WaitForArrivalAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(atMost, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _life.Token, cancellationToken);
        try
        {
            await _arrived.WaitAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time to look again: the timer fired or the group ended.
        }
    }

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s");
}
