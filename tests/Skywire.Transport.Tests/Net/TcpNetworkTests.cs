// The kernel's TCP on loopback: bytes both ways, ends and errors in words an operator can act on.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Transport.Net;
using Skywire.Transport.Stcpr;
using Skywire.Transport.Tests.Support;
using Skywire.Wire;
using Xunit;

namespace Skywire.Transport.Tests.Net;

public sealed class TcpNetworkTests : TestBase
{
    private readonly TcpNetwork _network = new(TcpOptions.Default, TimeProvider.System);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task ConnectAndAccept_LargeData_ArrivesBothWaysAndEnds(string host)
    {
        await using var listener = _network.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = await _network.ConnectAsync(string.Create(CultureInfo.InvariantCulture, $"{host}:{listener.LocalEndPoint.Port}"), Deadline);
        await using var server = await listener.AcceptAsync(Deadline);
        var data = new byte[3_000_000];
        new Random(1).NextBytes(data);
        var there = SendAsync(client, data);
        var back = SendAsync(server, data);
        Assert.Equal(data, await ReadAllAsync(server));
        Assert.Equal(data, await ReadAllAsync(client));
        await there;
        await back;
        Assert.Equal(listener.LocalEndPoint, client.RemoteEndPoint);

        async Task SendAsync(IByteStream stream, byte[] bytes)
        {
            await stream.WriteAsync(bytes, Deadline);
            await stream.CompleteWritesAsync(Deadline);
        }
    }

    [Fact]
    public async Task ReadAsync_AbortedOrCancelled_EndsAtOnce()
    {
        await using var listener = _network.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = await _network.ConnectAsync(listener.LocalEndPoint.ToString(), Deadline);
        await using var server = await listener.AcceptAsync(Deadline);
        using var cancel = new CancellationTokenSource();
        var cancelled = client.ReadAsync(new byte[10], cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var pending = client.ReadAsync(new byte[10], Deadline).AsTask();
        client.Abort();
        client.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => pending);
        await Assert.ThrowsAnyAsync<IOException>(async () => await client.WriteAsync(new byte[1], Deadline));
    }

    [Fact]
    public async Task ConnectAsync_NobodyListens_NamesTheAddress()
    {
        int port;
        await using (var listener = _network.Listen(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            port = listener.LocalEndPoint.Port;
        }

        var e = await Assert.ThrowsAnyAsync<IOException>(async () => await _network.ConnectAsync(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), Deadline));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("")]
    public async Task ConnectAsync_NoAddress_IsRefusedWithoutTrying(string address)
        => Assert.Contains("expected host:port", (await Assert.ThrowsAnyAsync<IOException>(async () => await _network.ConnectAsync(address, Deadline))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Listen_PortTaken_NamesPortAndHolder()
    {
        await using var listener = _network.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var e = Assert.ThrowsAny<IOException>(() => _network.Listen(listener.LocalEndPoint));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"port {listener.LocalEndPoint.Port}"), e.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"(process {Environment.ProcessId})"), e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AcceptAsync_Disposed_Throws()
    {
        var listener = _network.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var pending = listener.AcceptAsync(Deadline).AsTask();
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await listener.AcceptAsync(Deadline));
    }

    [Fact]
    public void Tune_Socket_FindsHalfOpenLinks()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _network.Tune(socket);
        Assert.True(socket.NoDelay);
        Assert.Equal(1, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(30, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        if (OperatingSystem.IsLinux())
        {
            var value = new byte[4];
            Assert.Equal(4, socket.GetRawSocketOption(6, 18, value));
            Assert.Equal(30_000, BitConverter.ToInt32(value));
        }
    }

    [Fact]
    public async Task TwoManagers_OverLoopback_MakeATransportAndCarryPackets()
    {
        var resolver = new FakeResolver();
        var (a, b) = TestKeys.Ordered(40);
        var handler = new CollectingHandler();
        await using var left = Create(a);
        await using var right = Create(b);
        await left.StartAsync(new CollectingHandler(), Deadline);
        await right.StartAsync(handler, Deadline);
        while (!resolver.Bound.ContainsKey(b.PublicKey))
        {
            await Task.Yield();
        }

        var transport = await left.SaveAsync(b.PublicKey, TransportTypes.Stcpr, TransportLabels.User, Deadline);
        for (var i = 0; i < 2000; i++)
        {
            while (!transport.TrySend(PacketType.Data, 1, Encoding.ASCII.GetBytes(new string('x', i))))
            {
                await transport.WaitForRoomAsync(Deadline);
            }
        }

        await handler.WaitForAsync(2000, Deadline);
        Assert.Equal(Enumerable.Range(0, 2000), handler.Packets.Select(p => p.Length - PacketHeader.Size));

        TransportManager Create(SecKey key) => new(
            new TransportManagerOptions(),
            key,
            [new StcprNetwork(new StcprOptions { ListenAddress = IPAddress.Loopback, AllowPrivate = true }, key, _network, resolver.For(key.PublicKey, "127.0.0.1"), () => ["127.0.0.1"], SystemEntropy.Instance, TimeProvider.System, NullLoggerFactory.Instance)],
            null,
            SystemEntropy.Instance,
            TimeProvider.System,
            NullLoggerFactory.Instance);
    }

    private async Task<byte[]> ReadAllAsync(IByteStream stream)
    {
        var all = new MemoryStream();
        var buffer = new byte[65536];
        while (await stream.ReadAsync(buffer, Deadline) is var n and > 0)
        {
            all.Write(buffer, 0, n);
        }

        return all.ToArray();
    }
}
