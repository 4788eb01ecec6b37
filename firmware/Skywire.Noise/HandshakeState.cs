// The Noise handshakes of the protocol as a machine without IO (spec 02 §1-3).
using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using Skywire.Crypto;

namespace Skywire.Noise;

/// <summary>Handshake patterns in use (spec 02 §2).</summary>
public enum HandshakePattern
{
    /// <summary>Initiator knows the responder: dmsg client to server. Transport keys are swapped against the Noise text.</summary>
    XK,

    /// <summary>Both know each other: transports, dmsg streams, route groups.</summary>
    KK,
}

/// <summary>Drives one Noise handshake: bytes in, bytes out, no IO. Not thread-safe; unusable once a read failed.</summary>
public sealed class HandshakeState : IDisposable
{
    /// <summary>Largest handshake message read or written (frame limit, spec 02 §3).</summary>
    public const int MaxMessage = NoiseFrame.MaxLength;

    // A DH output is 32 bytes and one zero byte, for the suite's DHLEN is that of a public key (spec 02 §1).
    private const int SharedSize = PubKey.Size;

    private const int SealedKeySize = PubKey.Size + AeadKey.TagSize;

    private static readonly Token[][] XkMessages = [[Token.E, Token.ES], [Token.E, Token.EE], [Token.S, Token.SE]];
    private static readonly Token[][] KkMessages = [[Token.E, Token.ES, Token.SS], [Token.E, Token.EE, Token.SE]];

    private readonly SymmetricState _symmetric;
    private readonly Token[][] _messages;
    private readonly bool _initiator;
    private readonly SecKey _localStatic;
    private readonly IEntropy _entropy;
    private SecKey? _localEphemeral;
    private PubKey _remoteStatic;
    private PubKey _remoteEphemeral;
    private int _next;
    private bool _hasFailed;
    private bool _isSplit;

    /// <summary>Sets the handshake up. <paramref name="remoteStatic"/> is needed but for an XK responder. The static key stays the caller's.</summary>
    public HandshakeState(HandshakePattern pattern, bool initiator, SecKey localStatic, PubKey remoteStatic, IEntropy entropy)
    {
        var learnsPeer = pattern == HandshakePattern.XK && !initiator;
        if (remoteStatic.IsNull != learnsPeer)
        {
            throw new ArgumentException(learnsPeer ? "an XK responder learns the peer's key" : "the peer's key must be known", nameof(remoteStatic));
        }

        _initiator = initiator;
        _localStatic = localStatic;
        _remoteStatic = remoteStatic;
        _entropy = entropy;
        var isXk = pattern == HandshakePattern.XK;
        _messages = isXk ? XkMessages : KkMessages;
        _symmetric = new SymmetricState(isXk ? "Noise_XK_Secp256k1_ChaChaPoly_SHA256"u8 : "Noise_KK_Secp256k1_ChaChaPoly_SHA256"u8);
        // The empty prologue is mixed all the same.
        _symmetric.MixHash([]);
        if (!isXk)
        {
            MixKeyHash(initiator ? localStatic.PublicKey : remoteStatic);
        }

        MixKeyHash(initiator ? remoteStatic : localStatic.PublicKey);
    }

    private enum Token
    {
        E,
        S,
        EE,
        ES,
        SE,
        SS,
    }

    /// <summary>True when it is this side's turn to write.</summary>
    public bool IsWriteTurn => !_hasFailed && !IsComplete && (_next % 2 == 0) == _initiator;

    /// <summary>True when the last message was written or read.</summary>
    public bool IsComplete => _next == _messages.Length;

    /// <summary>The peer's static key; for an XK responder known once complete.</summary>
    public PubKey RemoteStatic => _remoteStatic;

    /// <summary>Final handshake hash h (32 bytes), once complete.</summary>
    public ReadOnlySpan<byte> HandshakeHash => IsComplete ? _symmetric.Hash : throw new InvalidOperationException("the handshake is not complete");

    internal SymmetricState Symmetric => _symmetric;

    /// <summary>Writes the next message (49 or 65 bytes plus the payload) and returns its length.</summary>
    public int WriteMessage(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        if (!IsWriteTurn)
        {
            throw new InvalidOperationException("not this side's turn to write");
        }

        var tokens = _messages[_next];
        var head = tokens[0] == Token.E ? PubKey.Size : SealedKeySize;
        var length = head + payload.Length + AeadKey.TagSize;
        if (length > MaxMessage || destination.Length < length)
        {
            throw new ArgumentException("payload or message does not fit", nameof(destination));
        }

        Span<byte> key = stackalloc byte[PubKey.Size];
        foreach (var token in tokens)
        {
            switch (token)
            {
                case Token.E:
                    _localEphemeral = SecKey.Generate(_entropy);
                    _localEphemeral.PublicKey.CopyTo(destination);
                    _symmetric.MixHash(destination[..PubKey.Size]);
                    break;
                case Token.S:
                    _localStatic.PublicKey.CopyTo(key);
                    _symmetric.EncryptAndHash(key, destination);
                    break;
                default:
                    MixShared(token);
                    break;
            }
        }

        _symmetric.EncryptAndHash(payload, destination[head..]);
        _next++;
        return length;
    }

    /// <summary>Reads the peer's message; its payload is checked and ignored. False: the handshake has failed for good. Never throws for what a peer sends.</summary>
    public bool TryReadMessage(ReadOnlySpan<byte> message)
    {
        if (_hasFailed)
        {
            return false;
        }

        if (IsComplete || IsWriteTurn)
        {
            throw new InvalidOperationException("not the peer's turn");
        }

        if (TryRead(_messages[_next], message))
        {
            _next++;
            return true;
        }

        _hasFailed = true;
        WipeKeys();
        return false;
    }

    /// <summary>The two record keys, once complete; ownership moves to the caller, once.</summary>
    public (RecordSealer Send, RecordOpener Receive) Split(ReceiveRule rule)
    {
        if (!IsComplete || _isSplit)
        {
            throw new InvalidOperationException(_isSplit ? "the keys were handed out already" : "the handshake is not complete");
        }

        _isSplit = true;
        Span<byte> first = stackalloc byte[AeadKey.KeySize];
        Span<byte> second = stackalloc byte[AeadKey.KeySize];
        _symmetric.Split(first, second);

        // Who wrote the last message receives with the first key: for XK the reverse of the Noise text (spec 02 §2).
        var wroteLast = (_messages.Length % 2 == 1) == _initiator;
        var result = (new RecordSealer(wroteLast ? second : first), new RecordOpener(wroteLast ? first : second, rule));
        CryptographicOperations.ZeroMemory(first);
        CryptographicOperations.ZeroMemory(second);
        WipeKeys();
        return result;
    }

    /// <summary>Wipes all secrets.</summary>
    public void Dispose()
    {
        _hasFailed = !IsComplete;
        _isSplit = true;
        WipeKeys();
    }

    private bool TryRead(Token[] tokens, ReadOnlySpan<byte> message)
    {
        if (message.Length > MaxMessage)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[PubKey.Size];
        foreach (var token in tokens)
        {
            switch (token)
            {
                case Token.E:
                    if (message.Length < PubKey.Size || !PubKey.TryParse(message[..PubKey.Size], out _remoteEphemeral))
                    {
                        return false;
                    }

                    _symmetric.MixHash(message[..PubKey.Size]);
                    message = message[PubKey.Size..];
                    break;
                case Token.S:
                    if (message.Length < SealedKeySize || !_symmetric.TryDecryptAndHash(message[..SealedKeySize], key) || !PubKey.TryParse(key, out _remoteStatic))
                    {
                        return false;
                    }

                    message = message[SealedKeySize..];
                    break;
                default:
                    MixShared(token);
                    break;
            }
        }

        return TryReadPayload(message);
    }

    // The payload is authenticated and thrown away: whatever newer peers put there is an offer one may ignore (spec 02 §7).
    private bool TryReadPayload(ReadOnlySpan<byte> ciphertext)
    {
        if (ciphertext.Length < AeadKey.TagSize)
        {
            return false;
        }

        var payload = ArrayPool<byte>.Shared.Rent(ciphertext.Length);
        var ok = _symmetric.TryDecryptAndHash(ciphertext, payload);
        ArrayPool<byte>.Shared.Return(payload, clearArray: true);
        return ok;
    }

    private void MixShared(Token token)
    {
        var localIsEphemeral = token == Token.EE || token == (_initiator ? Token.ES : Token.SE);
        var remoteIsEphemeral = token == Token.EE || token == (_initiator ? Token.SE : Token.ES);
        Debug.Assert(!localIsEphemeral || _localEphemeral is not null);
        Span<byte> shared = stackalloc byte[SharedSize];
        (localIsEphemeral ? _localEphemeral! : _localStatic).Ecdh(remoteIsEphemeral ? _remoteEphemeral : _remoteStatic, shared[..(SharedSize - 1)]);
        shared[SharedSize - 1] = 0;
        _symmetric.MixKey(shared);
        CryptographicOperations.ZeroMemory(shared);
    }

    private void MixKeyHash(PubKey key)
    {
        Span<byte> bytes = stackalloc byte[PubKey.Size];
        key.CopyTo(bytes);
        _symmetric.MixHash(bytes);
    }

    private void WipeKeys()
    {
        _symmetric.Dispose();
        _localEphemeral?.Dispose();
        _localEphemeral = null;
    }
}
