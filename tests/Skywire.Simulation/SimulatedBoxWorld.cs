// A box's wire and HTTP listeners on the simulated network.
using System.Net;
using Skywire.Discovery;
using Skywire.Simulation.Http;
using Skywire.Testing;
using Skywire.Visor.Box;

namespace Skywire.Simulation;

/// <summary>All hosts of the network are on one wire.</summary>
internal sealed class SimulatedBoxWorld(MemoryNetwork network, MemoryHost host) : IBoxWorld
{
    /// <summary>Thrown in place of the next beacon that comes in: a mistake that nobody foresaw.</summary>
    public Exception? Fault { get; set; }

    public IPAddress Any => IPAddress.Any;

    public IBeaconChannel OpenBeacons(int port) => new Beacons(this, network.OpenDatagrams(host, port));

    public Task<IAsyncDisposable> ServeAsync(string name, IHttpService service, IPEndPoint address, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(new SimulatedHttpServer(host, address.Port, service));

    private sealed class Beacons(SimulatedBoxWorld world, MemoryDatagramSocket socket) : IBeaconChannel
    {
        public int Ways => 1;

        public event Action? WaysChanged
        {
            add
            {
                // One wire, always there.
            }

            remove
            {
                // See above.
            }
        }

        public Task AnnounceAsync(Func<byte[]> compose, CancellationToken cancellationToken)
        {
            socket.Send(null, compose());
            return Task.CompletedTask;
        }

        public Task SendAsync(IPEndPoint to, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
        {
            socket.Send(to, datagram.ToArray());
            return Task.CompletedTask;
        }

        public async ValueTask<(int Length, IPEndPoint Source, bool OnAir)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var (bytes, source) = await socket.ReceiveAsync(cancellationToken);
            if (world.Fault is { } fault)
            {
                world.Fault = null;
                throw fault;
            }

            var length = Math.Min(bytes.Length, buffer.Length);
            bytes.AsMemory(0, length).CopyTo(buffer);
            return (length, source, false);
        }

        public ValueTask DisposeAsync() => socket.DisposeAsync();
    }
}
