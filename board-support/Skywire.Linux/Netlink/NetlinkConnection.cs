// Requests to the kernel and their answers, one at a time. Sequence numbers tell an answer from what a request given up left behind.
namespace Skywire.Linux.Netlink;

/// <summary>What a request came to.</summary>
/// <param name="Messages">Payloads of the messages that answer it, in their order.</param>
/// <param name="Result">The number of its success; 0 for nearly all.</param>
public sealed record NetlinkAnswer(IReadOnlyList<byte[]> Messages, int Result);

/// <summary>Asks the kernel. Thread-safe: requests wait for each other. Refusals are <see cref="NetlinkException"/>s.</summary>
public sealed class NetlinkConnection : IDisposable
{
    /// <summary>Time limit for one datagram of an answer. The kernel works on a request before the send returns, so that answers are there at once; only a lost one is waited for.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    // The kernel makes datagrams of at most 32 KiB for dumps; twice that for a single answer.
    private const int BufferSize = 64 * 1024;

    // A list that changes each time it is read is taken as it is after so many times: entries may then be missing or double.
    private const int MaxRepetitions = 5;
    private const int TimedOut = 110;

    private readonly INetlinkSocket _socket;
    private readonly Lock _lock = new();
    private readonly byte[] _buffer = new byte[BufferSize];
    private uint _sequence;

    /// <summary>Asks over this socket, which is closed with the connection.</summary>
    public NetlinkConnection(INetlinkSocket socket) => _socket = socket;

    /// <summary>One request with one end; messages may come before it.</summary>
    public NetlinkAnswer Request(NetlinkWriter request)
    {
        lock (_lock)
        {
            return Exchange(request, NetlinkFlags.Request | NetlinkFlags.Acknowledge, out _)
                ?? throw new NetlinkException(TimedOut, "the kernel's answer was lost");
        }
    }

    /// <summary>Everything there is of a kind. Read again when it changed meanwhile.</summary>
    public IReadOnlyList<byte[]> Dump(NetlinkWriter request)
    {
        lock (_lock)
        {
            for (var i = 1; ; i++)
            {
                var answer = Exchange(request, NetlinkFlags.Request | NetlinkFlags.Dump, out var isInterrupted);
                if (answer is not null && (!isInterrupted || i >= MaxRepetitions))
                {
                    return answer.Messages;
                }

                if (i >= MaxRepetitions)
                {
                    throw new NetlinkException(TimedOut, "the kernel's answers were lost");
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // Null when a part of the answer was lost.
    private NetlinkAnswer? Exchange(NetlinkWriter request, NetlinkFlags flags, out bool isInterrupted)
    {
        isInterrupted = false;
        var sequence = ++_sequence;
        var messages = new List<byte[]>();
        _socket.Send(request.ToMessage(flags, sequence));
        while (true)
        {
            switch (_socket.Receive(_buffer, TimeLimit, out var length))
            {
                case NetlinkArrival.Lost:
                    return null;
                case NetlinkArrival.Nothing:
                    throw new NetlinkException(TimedOut, "the kernel did not answer");
            }

            var reader = new NetlinkReader(_buffer.AsSpan(0, length));
            while (reader.TryRead(out var message))
            {
                if (message.Sequence != sequence)
                {
                    continue;
                }

                isInterrupted |= message.Flags.HasFlag(NetlinkFlags.DumpInterrupted);
                if (NetlinkResult.TryRead(message, out var result))
                {
                    return result.Code < 0 ? throw new NetlinkException(-result.Code, result.Text) : new NetlinkAnswer(messages, result.Code);
                }

                if (message.Type != NetlinkMessage.Nothing && message.Type != NetlinkMessage.Error)
                {
                    messages.Add(message.Payload.ToArray());
                }
            }
        }
    }
}
