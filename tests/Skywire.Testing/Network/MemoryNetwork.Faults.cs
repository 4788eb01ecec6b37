// What goes wrong on the in-memory network.
using System.Net;

namespace Skywire.Testing;

public sealed partial class MemoryNetwork
{
    private readonly HashSet<IPAddress> _down = [];
    private readonly List<Partition> _partitions = [];

    /// <summary>
    /// Cuts every path between the hosts of <paramref name="a"/> and those of <paramref name="b"/>, both ways, until the result is disposed or <see cref="Heal"/> is called.
    /// </summary>
    public IDisposable Cut(IEnumerable<string> a, IEnumerable<string> b, CutMode mode = CutMode.Drop)
    {
        var partition = new Partition(this, [.. a.Select(IPAddress.Parse)], [.. b.Select(IPAddress.Parse)], mode);
        MemoryByteStream[] broken = [];
        lock (_lock)
        {
            _partitions.Add(partition);
            if (mode == CutMode.Refuse)
            {
                broken = [.. _streams.Where(stream => partition.Divides(stream.LocalEndPoint!.Address, ((IPEndPoint)stream.RemoteEndPoint!).Address))];
            }

            RefreshAll();
        }

        foreach (var stream in broken)
        {
            stream.Abort();
        }

        return partition;
    }

    /// <summary>Cuts the path between two hosts.</summary>
    public IDisposable Cut(string a, string b, CutMode mode = CutMode.Drop) => Cut([a], [b], mode);

    /// <summary>Ends every cut; streams that stalled go on after their retransmission delay. Hosts that are down stay down.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _partitions.Clear();
            RefreshAll();
        }
    }

    /// <summary>Resets every stream of a host: both ends see a reset, as after a restart of a NAT box or a killed process.</summary>
    public void ResetStreams(string host)
    {
        foreach (var stream in StreamsOf(IPAddress.Parse(host)))
        {
            stream.Abort();
        }
    }

    /// <summary>The host loses power: its own streams fail at once, its peers hear nothing, connects to it hang. Its listeners stay with whoever owns them.</summary>
    public void SetDown(string host)
    {
        var address = IPAddress.Parse(host);
        lock (_lock)
        {
            _down.Add(address);
            RefreshAll();
        }

        foreach (var stream in StreamsOf(address))
        {
            stream.Vanish();
        }
    }

    /// <summary>The host is back: new connections work, and peers that still send on streams from before get a reset.</summary>
    public void SetUp(string host)
    {
        lock (_lock)
        {
            _down.Remove(IPAddress.Parse(host));
            RefreshAll();
        }
    }

    private MemoryByteStream[] StreamsOf(IPAddress address)
    {
        lock (_lock)
        {
            return [.. _streams.Where(stream => stream.LocalEndPoint!.Address.Equals(address))];
        }
    }

    private void RefreshAll()
    {
        foreach (var ((from, to), path) in _paths.ToArray())
        {
            Refresh(from, to, path);
        }
    }

    private void Refresh(IPAddress from, IPAddress to, MemoryPath path)
    {
        path.IsRefused = _partitions.Any(cut => cut.Mode == CutMode.Refuse && cut.Divides(from, to));
        path.SetCut(_down.Contains(from) || _down.Contains(to) || _partitions.Any(cut => cut.Mode == CutMode.Drop && cut.Divides(from, to)));
    }

    private sealed class Partition(MemoryNetwork network, HashSet<IPAddress> a, HashSet<IPAddress> b, CutMode mode) : IDisposable
    {
        public CutMode Mode => mode;

        public bool Divides(IPAddress from, IPAddress to) => (a.Contains(from) && b.Contains(to)) || (b.Contains(from) && a.Contains(to));

        public void Dispose()
        {
            lock (network._lock)
            {
                if (network._partitions.Remove(this))
                {
                    network.RefreshAll();
                }
            }
        }
    }
}
