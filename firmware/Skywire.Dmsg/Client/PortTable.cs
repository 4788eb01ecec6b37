// The 16-bit ports of one client: listeners and outgoing streams share them (spec 03 §7).
using Skywire.Wire;

namespace Skywire.Dmsg.Client;

/// <summary>Hands out ports and takes them back. Thread-safe.</summary>
internal sealed class PortTable
{
    /// <summary>First port of the ephemeral range; the first one handed out is the next.</summary>
    public const ushort FirstEphemeral = 49152;

    private const int EphemeralCount = ushort.MaxValue - FirstEphemeral + 1;

    private readonly Lock _lock = new();
    private readonly Dictionary<ushort, DmsgListener> _listeners = [];
    private readonly HashSet<ushort> _ephemeral = [];
    private ushort _last = FirstEphemeral;

    /// <summary>Ports taken by outgoing streams.</summary>
    public int EphemeralInUse
    {
        get
        {
            lock (_lock)
            {
                return _ephemeral.Count;
            }
        }
    }

    /// <summary>Opens a listener. Throws <see cref="ProtocolException"/> when the port is taken.</summary>
    public DmsgListener Listen(ushort port, int backlog)
    {
        if (port == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(port), "port 0 is reserved");
        }

        lock (_lock)
        {
            if (_listeners.ContainsKey(port) || _ephemeral.Contains(port))
            {
                throw new ProtocolException(ProtocolError.PortTaken, $"dmsg port {port} is taken");
            }

            var listener = new DmsgListener(port, backlog, Remove);
            _listeners.Add(port, listener);
            return listener;
        }
    }

    /// <summary>The listener of a port; null when nobody listens.</summary>
    public DmsgListener? Find(ushort port)
    {
        lock (_lock)
        {
            return _listeners.GetValueOrDefault(port);
        }
    }

    /// <summary>Takes an ephemeral port until the reservation is disposed. Throws <see cref="ProtocolException"/> when all are taken.</summary>
    public PortReservation ReserveEphemeral()
    {
        lock (_lock)
        {
            for (var tries = 0; tries < EphemeralCount; tries++)
            {
                _last = _last == ushort.MaxValue ? FirstEphemeral : (ushort)(_last + 1);
                if (!_listeners.ContainsKey(_last) && _ephemeral.Add(_last))
                {
                    return new PortReservation(this, _last);
                }
            }
        }

        throw new ProtocolException(ProtocolError.LimitReached, "all ephemeral dmsg ports are in use");
    }

    /// <summary>Closes all listeners.</summary>
    public async ValueTask CloseListenersAsync()
    {
        DmsgListener[] listeners;
        lock (_lock)
        {
            listeners = [.. _listeners.Values];
        }

        foreach (var listener in listeners)
        {
            await listener.DisposeAsync();
        }
    }

    internal void Release(ushort port)
    {
        lock (_lock)
        {
            _ephemeral.Remove(port);
        }
    }

    private void Remove(DmsgListener listener)
    {
        lock (_lock)
        {
            if (_listeners.GetValueOrDefault(listener.Port) == listener)
            {
                _listeners.Remove(listener.Port);
            }
        }
    }
}

/// <summary>An ephemeral port in use; released once, by whoever disposes it.</summary>
internal sealed class PortReservation(PortTable table, ushort port) : IDisposable
{
    private int _released;

    /// <summary>The port.</summary>
    public ushort Port => port;

    /// <summary>Gives the port back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            table.Release(port);
        }
    }
}
