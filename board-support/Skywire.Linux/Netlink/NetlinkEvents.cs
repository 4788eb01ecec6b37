// Events of the kernel on a thread of their own: an operator's cable and a driver's reset come when they come.
namespace Skywire.Linux.Netlink;

/// <summary>Gets one event. Runs on the thread that reads and must be quick.</summary>
public delegate void NetlinkEventHandler(NetlinkMessage message);

/// <summary>Reads a socket's multicast groups until it is disposed.</summary>
public sealed class NetlinkEvents : IDisposable
{
    private const int BufferSize = 64 * 1024;

    // Dispose wakes the thread by an acknowledgement; this is only for the case that it got lost in a full queue.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly INetlinkSocket _socket;
    private readonly NetlinkEventHandler _onEvent;
    private readonly Action _onLost;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <summary>Reads <paramref name="socket"/>, which is closed with this. <paramref name="onLost"/> is called when events were lost, or none will come any more: everything has to be looked at again.</summary>
    public NetlinkEvents(INetlinkSocket socket, string name, NetlinkEventHandler onEvent, Action onLost)
    {
        _socket = socket;
        _onEvent = onEvent;
        _onLost = onLost;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Why no events come any more; null while they do.</summary>
    public IOException? Failure { get; private set; }

    /// <summary>Has events of one more group come. Throws <see cref="NetlinkException"/>.</summary>
    public void Join(uint group) => _socket.Join(group);

    /// <inheritdoc/>
    public void Dispose()
    {
        _isStopping = true;
        try
        {
            // Type NLMSG_NOOP does nothing but to be acknowledged, which ends the wait.
            _socket.Send(new NetlinkWriter(NetlinkMessage.Nothing).ToMessage(NetlinkFlags.Request | NetlinkFlags.Acknowledge, 1));
        }
        catch (NetlinkException)
        {
            // The thread then finds out by itself.
        }

        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        _socket.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (!_isStopping)
            {
                switch (_socket.Receive(buffer, Patience, out var length))
                {
                    case NetlinkArrival.Lost:
                        _onLost();
                        break;
                    case NetlinkArrival.Datagram:
                        Hand(buffer.AsSpan(0, length));
                        break;
                }
            }
        }
        catch (IOException e)
        {
            Failure = e;
            _onLost();
        }
    }

    private void Hand(ReadOnlySpan<byte> datagram)
    {
        var reader = new NetlinkReader(datagram);
        while (!_isStopping && reader.TryRead(out var message))
        {
            if (message.Type is not (NetlinkMessage.Nothing or NetlinkMessage.Error or NetlinkMessage.Done))
            {
                _onEvent(message);
            }
        }
    }
}
