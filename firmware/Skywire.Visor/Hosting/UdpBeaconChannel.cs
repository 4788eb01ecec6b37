// Beacons on real wires and radios: one UDP socket per address family, joined to the box's group on every interface that is up; interfaces come and go.
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading.Channels;
using Skywire.Visor.Box;

namespace Skywire.Visor.Hosting;

/// <summary>Multicast of one hop. Owns its sockets and two receive loops.</summary>
internal sealed class UdpBeaconChannel : IBeaconChannel
{
    /// <summary>IPv4 group, of the range for use within one organisation (RFC 2365).</summary>
    public static readonly IPAddress Group4 = IPAddress.Parse("239.192.77.77");

    /// <summary>IPv6 group of link-local scope: never leaves the wire.</summary>
    public static readonly IPAddress Group6 = IPAddress.Parse("ff02::5ca1");

    // The kernel tells of changes; looking now and then covers what it does not tell (a driver that comes up without an address event).
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(15);

    // Datagrams waiting while the visor is busy; more than a large box sends in a second.
    private const int MaxWaiting = 256;
    private const int BufferSize = 512;
    private const string Interfaces = "/sys/class/net";

    private readonly int _port;
    private readonly Socket? _v4;
    private readonly Socket? _v6;
    private readonly Channel<(byte[] Bytes, IPEndPoint Source, bool OnAir)> _received = Channel.CreateBounded<(byte[], IPEndPoint, bool)>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _loops;
    private readonly ITimer _looking;
    private Way[] _ways = [];
    private HashSet<int> _air = [];

    /// <summary>Opens the port. Throws <see cref="IOException"/> when it is taken.</summary>
    public UdpBeaconChannel(int port, TimeProvider time)
    {
        _port = port;
        try
        {
            _v4 = Socket.OSSupportsIPv4 ? Open(AddressFamily.InterNetwork) : null;
            _v6 = Socket.OSSupportsIPv6 ? Open(AddressFamily.InterNetworkV6) : null;
        }
        catch (SocketException e)
        {
            _v4?.Dispose();
            throw new IOException(e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "another program uses it" : e.Message, e);
        }

        Look();
        _loops = Task.WhenAll(ReceiveLoopAsync(_v4, new IPEndPoint(IPAddress.Any, 0)), ReceiveLoopAsync(_v6, new IPEndPoint(IPAddress.IPv6Any, 0)));
        NetworkChange.NetworkAddressChanged += OnAddressChanged;
        _looking = time.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
    }

    /// <inheritdoc/>
    public event Action? WaysChanged;

    /// <inheritdoc/>
    public int Ways => Volatile.Read(ref _ways).Length;

    /// <inheritdoc/>
    public async Task AnnounceAsync(Func<byte[]> compose, CancellationToken cancellationToken)
    {
        foreach (var way in Volatile.Read(ref _ways))
        {
            try
            {
                if (way.Family == AddressFamily.InterNetwork)
                {
                    _v4!.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(way.Index));
                    await _v4.SendToAsync(compose(), SocketFlags.None, new IPEndPoint(Group4, _port), cancellationToken);
                }
                else
                {
                    await _v6!.SendToAsync(compose(), SocketFlags.None, new IPEndPoint(new IPAddress(Group6.GetAddressBytes(), way.Index), _port), cancellationToken);
                }
            }
            catch (SocketException)
            {
                // The interface goes away, or has no address yet: the next look tells.
            }
        }
    }

    /// <inheritdoc/>
    public async Task SendAsync(IPEndPoint to, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        try
        {
            if ((to.AddressFamily == AddressFamily.InterNetwork ? _v4 : _v6) is { } socket)
            {
                await socket.SendToAsync(datagram, SocketFlags.None, to, cancellationToken);
            }
        }
        catch (SocketException)
        {
            // As lost as a datagram on the way; whoever waits for it asks again.
        }
    }

    /// <inheritdoc/>
    public async ValueTask<(int Length, IPEndPoint Source, bool OnAir)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var (bytes, source, onAir) = await _received.Reader.ReadAsync(cancellationToken);
        var length = Math.Min(bytes.Length, buffer.Length);
        bytes.AsMemory(0, length).CopyTo(buffer);
        return (length, source, onAir);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        NetworkChange.NetworkAddressChanged -= OnAddressChanged;
        await _looking.DisposeAsync();
        await _stop.CancelAsync();
        await _loops;
        _v4?.Dispose();
        _v6?.Dispose();
        _stop.Dispose();
    }

    private Socket Open(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (family == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastLoopback, false);
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, 1);
            }
            else
            {
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, false);
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 1);
            }

            // Which interface a datagram came by is asked of the kernel: an IPv4 address alone does not tell.
            socket.SetSocketOption(family == AddressFamily.InterNetworkV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
            socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, _port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void OnAddressChanged(object? sender, EventArgs e) => Look();

    // Joins the group where it is not joined yet. What is left behind with an interface that went is the kernel's to clear away.
    private void Look()
    {
        bool changed;
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            var before = _ways;
            Volatile.Write(ref _air, FindRadios());
            var now = Find().Where(w => before.Contains(w) || TryJoin(w)).ToArray();
            changed = !now.ToHashSet().SetEquals(before);
            Volatile.Write(ref _ways, now);
        }

        if (changed)
        {
            WaysChanged?.Invoke();
        }
    }

    // The kernel shows the radio of an interface beside it.
    private static HashSet<int> FindRadios()
    {
        var found = new HashSet<int>();
        var folder = new DirectoryInfo(Interfaces);
        foreach (var item in folder.Exists ? folder.EnumerateFileSystemInfos() : [])
        {
            try
            {
                if (Directory.Exists(Path.Combine(item.FullName, "phy80211")) && int.TryParse(File.ReadAllText(Path.Combine(item.FullName, "ifindex")), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                {
                    found.Add(index);
                }
            }
            catch (IOException)
            {
                // The interface went while it was being read.
            }
        }

        return found;
    }

    private IEnumerable<Way> Find()
    {
        NetworkInterface[] interfaces;
        try
        {
            interfaces = NetworkInterface.GetAllNetworkInterfaces();
        }
        catch (NetworkInformationException)
        {
            // An interface went while it was being read; the next look finds the rest.
            yield break;
        }

        foreach (var nic in interfaces)
        {
            if (nic.NetworkInterfaceType == NetworkInterfaceType.Loopback || nic.OperationalStatus is OperationalStatus.Down or OperationalStatus.NotPresent || !nic.SupportsMulticast)
            {
                continue;
            }

            var properties = nic.GetIPProperties();
            if (_v4 is not null && properties.UnicastAddresses.Any(a => a.Address.AddressFamily == AddressFamily.InterNetwork))
            {
                yield return new Way(AddressFamily.InterNetwork, properties.GetIPv4Properties().Index);
            }

            if (_v6 is not null && properties.UnicastAddresses.Any(a => a.Address.IsIPv6LinkLocal))
            {
                yield return new Way(AddressFamily.InterNetworkV6, properties.GetIPv6Properties().Index);
            }
        }
    }

    private bool TryJoin(Way way)
    {
        try
        {
            if (way.Family == AddressFamily.InterNetwork)
            {
                _v4!.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(Group4, way.Index));
            }
            else
            {
                _v6!.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(Group6, way.Index));
            }

            return true;
        }
        catch (SocketException e)
        {
            // Joined before, when the interface had lost its address for a while: as good as joined now.
            return e.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }

    private async Task ReceiveLoopAsync(Socket? socket, IPEndPoint any)
    {
        if (socket is null)
        {
            return;
        }

        var buffer = new byte[BufferSize];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var result = await socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, any, _stop.Token);
                var onAir = Volatile.Read(ref _air).Contains(result.PacketInformation.Interface);
                _received.Writer.TryWrite((buffer.AsSpan(0, result.ReceivedBytes).ToArray(), (IPEndPoint)result.RemoteEndPoint, onAir));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.MessageSize or SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown)
            {
                // Longer than any beacon, or the echo of an answer that could not be delivered.
            }
            catch (SocketException e)
            {
                _received.Writer.TryComplete(new IOException(e.Message, e));
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private readonly record struct Way(AddressFamily Family, int Index);
}

/// <summary>The real world of a box.</summary>
internal sealed class SystemBoxWorld(TimeProvider time, Microsoft.Extensions.Logging.ILoggerFactory loggers) : IBoxWorld
{
    // Members only: a box of hundreds of boards that call at once.
    private static readonly Services.Hosting.KestrelServiceHostOptions Limits = Services.Hosting.KestrelServiceHostOptions.Default with { MaxConnections = 512 };

    /// <inheritdoc/>
    public IPAddress Any => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <inheritdoc/>
    public IBeaconChannel OpenBeacons(int port) => new UdpBeaconChannel(port, time);

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> ServeAsync(string name, Discovery.IHttpService service, IPEndPoint address, CancellationToken cancellationToken)
        => await Services.Hosting.KestrelServiceHost.StartAsync(name, service, address, Limits, time, loggers, cancellationToken);
}
