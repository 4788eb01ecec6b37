// What a box takes from outside beside what every visor takes: datagrams on the wire, and a place for services to listen.
using System.Net;
using Skywire.Discovery;

namespace Skywire.Visor.Box;

/// <summary>Real sockets in the product, virtual ones in simulation.</summary>
internal interface IBoxWorld
{
    /// <summary>Address that means "all of them" to listeners here: IPv6 where the kernel has it, which takes IPv4 too.</summary>
    IPAddress Any { get; }

    /// <summary>Opens the beacons' port. Throws <see cref="IOException"/> when it is taken.</summary>
    IBeaconChannel OpenBeacons(int port);

    /// <summary>Serves one service; disposing ends it. Throws <see cref="IOException"/> when the address is taken.</summary>
    Task<IAsyncDisposable> ServeAsync(string name, IHttpService service, IPEndPoint address, CancellationToken cancellationToken);
}

/// <summary>Datagrams to everybody and from anybody on the wires and radios of this board. One sender and one receiver at a time.</summary>
internal interface IBeaconChannel : IAsyncDisposable
{
    /// <summary>The ways out now: an interface and an address family each.</summary>
    int Ways { get; }

    /// <summary>Raised when ways came or went; from any thread.</summary>
    event Action? WaysChanged;

    /// <summary>Sends to everybody, on every way a datagram of its own. A way that fails is skipped: it may be going away just now.</summary>
    Task AnnounceAsync(Func<byte[]> compose, CancellationToken cancellationToken);

    /// <summary>Sends to one. What cannot be sent is lost, as datagrams are.</summary>
    Task SendAsync(IPEndPoint to, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken);

    /// <summary>The next datagram into <paramref name="buffer"/>; longer ones are cut. <c>OnAir</c>: a radio heard it.</summary>
    ValueTask<(int Length, IPEndPoint Source, bool OnAir)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
