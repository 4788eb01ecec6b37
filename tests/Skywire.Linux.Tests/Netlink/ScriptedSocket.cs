// The kernel's side of a socket: answers are given in advance, by what is asked.
using Skywire.Linux.Netlink;

namespace Skywire.Linux.Tests.Netlink;

/// <summary>Gives each request the next script: datagrams whose messages get the request's sequence number, unless they keep their own.</summary>
internal sealed class ScriptedSocket(params IReadOnlyList<IReadOnlyList<byte[]>> scripts) : INetlinkSocket
{
    private readonly Queue<byte[]> _waiting = new();

    /// <summary>Stands for a datagram that was lost.</summary>
    public static byte[] Lost { get; } = [];

    /// <summary>Requests so far.</summary>
    public List<byte[]> Sent { get; } = [];

    public void Join(uint group) => throw new NotSupportedException();

    public void Send(ReadOnlySpan<byte> message)
    {
        foreach (var datagram in scripts[Sent.Count])
        {
            var copy = datagram.ToArray();
            for (var at = 0; at + NetlinkMessage.HeaderSize <= copy.Length; at += (BitConverter.ToInt32(copy, at) + 3) & ~3)
            {
                // 0xFF..: a leftover of an earlier request.
                if (BitConverter.ToUInt32(copy, at + 8) != uint.MaxValue)
                {
                    message.Slice(8, 4).CopyTo(copy.AsSpan(at + 8));
                }
            }

            _waiting.Enqueue(copy);
        }

        Sent.Add(message.ToArray());
    }

    public NetlinkArrival Receive(Span<byte> buffer, TimeSpan wait, out int length)
    {
        length = 0;
        if (!_waiting.TryDequeue(out var datagram))
        {
            return NetlinkArrival.Nothing;
        }

        datagram.CopyTo(buffer);
        length = datagram.Length;
        return length == 0 ? NetlinkArrival.Lost : NetlinkArrival.Datagram;
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
