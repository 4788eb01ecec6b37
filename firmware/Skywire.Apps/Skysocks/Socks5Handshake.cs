// The server's side of a SOCKS5 connection up to the request.
using System.Buffers;
using Skywire.Wire;

namespace Skywire.Apps.Skysocks;

/// <summary>Takes what a client sends, gives what to answer. Does no IO. Not thread-safe; of no use after <see cref="OperationStatus.InvalidData"/>.</summary>
internal sealed class Socks5Handshake(Passcode? passcode)
{
    private enum Step
    {
        Greeting,
        Credentials,
        Request,
        Finished,
    }

    private Step _step;

    /// <summary>The request, once <see cref="Process"/> was done. Its answer is still due.</summary>
    public Socks5Request Request { get; private set; }

    /// <summary>Why the client was refused.</summary>
    public ProtocolError Cause { get; private set; }

    /// <summary>
    /// Processes every whole message. <see cref="OperationStatus.Done"/>: a CONNECT request is there, bytes behind <paramref name="consumed"/> are for its target.
    /// <see cref="OperationStatus.InvalidData"/>: send <paramref name="reply"/> and close. <paramref name="reply"/> is to be sent in every case.
    /// </summary>
    public OperationStatus Process(ReadOnlySpan<byte> input, IBufferWriter<byte> reply, out int consumed)
    {
        consumed = 0;
        while (_step != Step.Finished)
        {
            int used;
            var rest = input[consumed..];
            var status = _step switch
            {
                Step.Greeting => Greet(rest, reply, out used),
                Step.Credentials => Authenticate(rest, reply, out used),
                _ => TakeRequest(rest, reply, out used),
            };
            consumed += used;
            if (status != OperationStatus.Done)
            {
                return status;
            }
        }

        return Cause == ProtocolError.None ? OperationStatus.Done : OperationStatus.InvalidData;
    }

    private OperationStatus Greet(ReadOnlySpan<byte> input, IBufferWriter<byte> reply, out int consumed)
    {
        var status = Socks5.TryReadGreeting(input, out var methods, out consumed);
        if (status != OperationStatus.Done)
        {
            return status == OperationStatus.InvalidData ? Refuse(ProtocolError.BadSocksMessage) : status;
        }

        var wanted = passcode is null ? Socks5.NoAuthentication : Socks5.UserAndPassword;
        if (!methods.Contains(wanted))
        {
            reply.Write([Socks5.Version, Socks5.NoAcceptableMethod]);
            return Refuse(ProtocolError.BadCredentials);
        }

        reply.Write([Socks5.Version, wanted]);
        _step = passcode is null ? Step.Request : Step.Credentials;
        return OperationStatus.Done;
    }

    private OperationStatus Authenticate(ReadOnlySpan<byte> input, IBufferWriter<byte> reply, out int consumed)
    {
        var status = Socks5.TryReadCredentials(input, out var user, out var password, out consumed);
        if (status != OperationStatus.Done)
        {
            return status == OperationStatus.InvalidData ? Refuse(ProtocolError.BadSocksMessage) : status;
        }

        var accepted = passcode!.Accepts(user, password);
        reply.Write([Socks5.CredentialsVersion, accepted ? (byte)0 : (byte)1]);
        _step = Step.Request;
        return accepted ? OperationStatus.Done : Refuse(ProtocolError.BadCredentials);
    }

    private OperationStatus TakeRequest(ReadOnlySpan<byte> input, IBufferWriter<byte> reply, out int consumed)
    {
        var status = Socks5.TryReadRequest(input, out var request, out var refusal, out consumed);
        if (status == OperationStatus.NeedMoreData)
        {
            return status;
        }

        if (status == OperationStatus.InvalidData)
        {
            Socks5.WriteReply(reply, refusal);
            return Refuse(ProtocolError.BadSocksMessage);
        }

        if (request.Command != Socks5Command.Connect)
        {
            Socks5.WriteReply(reply, Socks5Reply.CommandNotSupported);
            return Refuse(ProtocolError.SocksCommandNotSupported);
        }

        if (request.Port == 0)
        {
            Socks5.WriteReply(reply, Socks5Reply.GeneralFailure);
            return Refuse(ProtocolError.BadSocksMessage);
        }

        Request = request;
        _step = Step.Finished;
        return OperationStatus.Done;
    }

    private OperationStatus Refuse(ProtocolError cause)
    {
        Cause = cause;
        _step = Step.Finished;
        return OperationStatus.InvalidData;
    }
}
