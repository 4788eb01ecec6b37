// What requests and events need of a netlink socket. NetlinkSocket is one of the kernel; tests are the kernel themselves.
namespace Skywire.Linux.Netlink;

/// <summary>What came of waiting.</summary>
public enum NetlinkArrival
{
    /// <summary>Nothing in time.</summary>
    Nothing,

    /// <summary>A datagram.</summary>
    Datagram,

    /// <summary>Something came that could not be kept: the socket's queue was full (ENOBUFS) or the datagram longer than the buffer. What it was has to be asked again.</summary>
    Lost,
}

/// <summary>A socket of one netlink family. Sending and receiving may be done by two threads.</summary>
public interface INetlinkSocket : IDisposable
{
    /// <summary>Has events of a multicast group come here.</summary>
    void Join(uint group);

    /// <summary>Sends a message to the kernel, which works on it before this returns.</summary>
    void Send(ReadOnlySpan<byte> message);

    /// <summary>Waits for a datagram of the kernel.</summary>
    NetlinkArrival Receive(Span<byte> buffer, TimeSpan wait, out int length);
}
