// What the layers above see of dmsg (spec 03).
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>Well-known dmsg ports (spec 03 §7).</summary>
public static class DmsgPorts
{
    /// <summary>Control: ping.</summary>
    public const ushort Control = 7;

    /// <summary>Setup node.</summary>
    public const ushort SetupNode = 36;

    /// <summary>Transports (skywire port of settlement, spec 10 §1).</summary>
    public const ushort Transport = 45;

    /// <summary>HTTP.</summary>
    public const ushort Http = 80;

    /// <summary>Visor, called by setup nodes.</summary>
    public const ushort VisorSetup = 136;
}

/// <summary>A dmsg client as others use it.</summary>
public interface IDmsg
{
    /// <summary>Own key.</summary>
    PubKey LocalKey { get; }

    /// <summary>True once an own entry was published with a live session.</summary>
    bool IsReady { get; }

    /// <summary>Opens a stream to a client's port, end-to-end encrypted. Throws <see cref="ProtocolException"/> with the cause.</summary>
    Task<IDmsgStream> DialAsync(PubKey remote, ushort port, CancellationToken cancellationToken);

    /// <summary>Listens on a port; a taken port throws <see cref="ProtocolException"/> (<see cref="ProtocolError.PortTaken"/>).</summary>
    IDmsgListener Listen(ushort port);
}

/// <summary>An end-to-end encrypted stream between two clients.</summary>
public interface IDmsgStream : IByteStream
{
    /// <summary>The key the peer proved.</summary>
    PubKey RemoteKey { get; }

    /// <summary>The peer's port.</summary>
    ushort RemotePort { get; }

    /// <summary>Own port.</summary>
    ushort LocalPort { get; }
}

/// <summary>Accepts streams on one port.</summary>
public interface IDmsgListener : IAsyncDisposable
{
    /// <summary>The port.</summary>
    ushort Port { get; }

    /// <summary>The next stream. Throws <see cref="ObjectDisposedException"/> once disposed.</summary>
    ValueTask<IDmsgStream> AcceptAsync(CancellationToken cancellationToken);
}
