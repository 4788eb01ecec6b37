// Who may connect: bounds on what unknown parties can make a server hold.
using System.Net;
using System.Net.Sockets;

namespace Skywire.Dmsg.Server;

/// <summary>Counts connections in all, in handshake, and per source network. Thread-safe.</summary>
internal sealed class Admission(DmsgServerOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _perSource = [];
    private int _total;
    private int _pending;

    /// <summary>Admits a connection until the ticket is disposed; null when a limit is reached.</summary>
    public Ticket? TryEnter(EndPoint? remote)
    {
        var source = SourceOf(remote);
        lock (_lock)
        {
            var ofSource = source is null ? 0 : _perSource.GetValueOrDefault(source);
            if (_total >= options.MaxSessions || _pending >= options.MaxPendingHandshakes || ofSource >= options.MaxSessionsPerAddress)
            {
                return null;
            }

            _total++;
            _pending++;
            if (source is not null)
            {
                _perSource[source] = ofSource + 1;
            }

            return new Ticket(this, source);
        }
    }

    // One IPv6 subscriber owns a /64, so the whole of it counts as one source.
    private static IPAddress? SourceOf(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: var address })
        {
            return null;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private void Leave(IPAddress? source, bool wasPending)
    {
        lock (_lock)
        {
            _total--;
            _pending -= wasPending ? 1 : 0;
            if (source is not null && --_perSource[source] == 0)
            {
                _perSource.Remove(source);
            }
        }
    }

    private void EndHandshake()
    {
        lock (_lock)
        {
            _pending--;
        }
    }

    /// <summary>One admitted connection. Not thread-safe.</summary>
    internal sealed class Ticket(Admission owner, IPAddress? source) : IDisposable
    {
        private bool _isPending = true;
        private bool _isDisposed;

        /// <summary>The connection became a session.</summary>
        public void HandshakeDone()
        {
            if (_isPending)
            {
                _isPending = false;
                owner.EndHandshake();
            }
        }

        /// <summary>The connection is gone.</summary>
        public void Dispose()
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                owner.Leave(source, _isPending);
            }
        }
    }
}
