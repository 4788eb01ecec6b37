// The two sides of a link agree on the record that describes it (spec 10 §6).
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport.Handshake;
using Skywire.Wire;

namespace Skywire.Transport.Settlement;

/// <summary>The responder's one-byte answer.</summary>
internal enum SettlementReply : byte
{
    /// <summary>Defined, not sent by the reference.</summary>
    Failure = 0,

    /// <summary>Routing packets may follow.</summary>
    Accepted = 1,

    /// <summary>The responder could not sign.</summary>
    SignatureError = 2,

    /// <summary>Unreadable, mismatching, or badly signed.</summary>
    InvalidEntry = 3,
}

/// <summary>Judging an entry is free of IO; the two Async methods carry it over a stream, which is aborted when they throw.</summary>
internal static class SettlementHandshake
{
    /// <summary>Limit on each side (spec 10 §6).</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Longest line read: the reference sends 516 or 517 bytes; another's spacing and members to come fit.</summary>
    internal const int MaxLine = 2048;

    /// <summary>The entry that the initiator sends.</summary>
    internal static SignedTransportEntry Offer(SecKey key, PubKey remote, string type, string label)
        => new SignedTransportEntry(TransportEntry.Create(key.PublicKey, remote, type, label), default, default).Sign(key);

    /// <summary>The entry as it goes out, in one write with its LF.</summary>
    internal static byte[] Line(SignedTransportEntry entry) => [.. entry.ToJson(), (byte)'\n'];

    /// <summary>Judges the initiator's line; when accepted, <paramref name="agreed"/> carries both signatures and the initiator's label.</summary>
    internal static SettlementReply Judge(ReadOnlySpan<byte> line, SecKey key, PubKey remote, string type, out SignedTransportEntry? agreed)
    {
        agreed = null;
        if (TransportEntryJson.ParseSigned(line) is not { } offered)
        {
            return SettlementReply.InvalidEntry;
        }

        var expected = TransportEntry.Create(key.PublicKey, remote, type, PlainLabel(offered.Entry.Label));
        if (offered.Entry.Id != expected.Id || offered.Entry.Edge0 != expected.Edge0 || offered.Entry.Edge1 != expected.Edge1 || offered.Entry.Type != type || !offered.IsSignedBy(remote))
        {
            return SettlementReply.InvalidEntry;
        }

        agreed = (offered with { Entry = expected }).Sign(key);
        return SettlementReply.Accepted;
    }

    /// <summary>Initiator. Throws <see cref="ProtocolException"/>.</summary>
    internal static async Task<TransportEntry> InitiateAsync(TransportLink link, SecKey key, string type, string label, TimeProvider time, CancellationToken cancellationToken)
    {
        var offer = Offer(key, link.RemoteKey, type, label);
        var reply = await BoundAsync(
            link.Stream,
            time,
            async cancel =>
            {
                await link.Stream.WriteAsync(Line(offer), cancel);
                return (SettlementReply)(await FrameReader.ReadExactAsync(link.Stream, 1, cancel))[0];
            },
            cancellationToken);
        if (reply == SettlementReply.Accepted)
        {
            return offer.Entry;
        }

        link.Stream.Abort();
        throw new ProtocolException(ProtocolError.SettlementRefused, reply switch
        {
            SettlementReply.SignatureError => "the peer could not sign the transport entry",
            SettlementReply.InvalidEntry => "the peer called the transport entry invalid",
            _ => $"the peer refused the transport (code {(byte)reply})",
        });
    }

    /// <summary>Responder. <paramref name="mayAccept"/> is asked last, before the answer: false closes the link without one. Throws <see cref="ProtocolException"/>.</summary>
    internal static async Task<SignedTransportEntry> RespondAsync(TransportLink link, SecKey key, string type, Func<CancellationToken, ValueTask<bool>> mayAccept, TimeProvider time, CancellationToken cancellationToken)
    {
        SignedTransportEntry? agreed = null;
        var reply = await BoundAsync(
            link.Stream,
            time,
            async cancel =>
            {
                var line = await FrameReader.ReadLineAsync(link.Stream, MaxLine, ProtocolError.BadSettlement, cancel);
                var judged = Judge(line, key, link.RemoteKey, type, out agreed);
                if (judged == SettlementReply.Accepted && !await mayAccept(cancel))
                {
                    throw new ProtocolException(ProtocolError.DuplicateTransport, "a live transport with this peer gave no way to a second one");
                }

                await link.Stream.WriteAsync(new[] { (byte)judged }, cancel);
                return judged;
            },
            cancellationToken);
        if (reply == SettlementReply.Accepted)
        {
            return agreed!;
        }

        // Closed in order, so that the answer gets out.
        await link.Stream.DisposeAsync();
        throw new ProtocolException(ProtocolError.BadSettlement, "the peer's transport entry is unreadable, does not match the connection, or is badly signed");
    }

    /// <summary>A peer's label goes to logs and tables: anything but a plain word reads as <c>user</c>.</summary>
    private static string PlainLabel(string label) => label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? label : TransportLabels.User;

    private static async Task<SettlementReply> BoundAsync(IByteStream stream, TimeProvider time, Func<CancellationToken, Task<SettlementReply>> exchange, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await exchange(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            stream.Abort();
            throw new ProtocolException(ProtocolError.HandshakeTimeout, $"settlement took longer than {Limit.TotalSeconds:0} s");
        }
        catch
        {
            stream.Abort();
            throw;
        }
    }
}
