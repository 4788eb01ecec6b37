using System.Net;
using System.Net.Sockets;
using Skywire.Testing;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Tests.Box;

public sealed class UdpBeaconChannelTests : TestBase
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task ReceiveAsync_DatagramToThisBoard_ArrivesWithItsSourceAndCanBeAnswered(string loopback)
    {
        var address = IPAddress.Parse(loopback);
        var (channel, port) = Open();
        await using (channel)
        {
            using var peer = new UdpClient(new IPEndPoint(address, 0));
            await peer.SendAsync(new byte[] { 1, 2, 3 }, new IPEndPoint(address, port), Deadline);
            var buffer = new byte[2];
            var (length, source, onAir) = await channel.ReceiveAsync(buffer, Deadline);
            Assert.Equal(2, length);
            Assert.Equal(peer.Client.LocalEndPoint, source);
            Assert.Equal([1, 2], buffer);
            Assert.False(onAir);

            await channel.SendAsync(source, new byte[] { 9 }, Deadline);
            Assert.Equal([9], (await peer.ReceiveAsync(Deadline)).Buffer);

            // Nobody listens any more: the kernel's complaint must not end the channel.
            peer.Close();
            await channel.SendAsync(source, new byte[] { 9 }, Deadline);
            using var other = new UdpClient(new IPEndPoint(address, 0));
            await other.SendAsync(new byte[] { 7 }, new IPEndPoint(address, port), Deadline);
            Assert.Equal(1, (await channel.ReceiveAsync(buffer, Deadline)).Length);
        }
    }

    [Fact]
    public async Task Open_PortTaken_SaysSo()
    {
        var (channel, port) = Open();
        await using (channel)
        {
            var error = Assert.Throws<IOException>(() => new UdpBeaconChannel(port, TimeProvider.System));
            Assert.Contains("another program", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnnounceAsync_EveryWay_GetsADatagramOfItsOwn()
    {
        var (channel, _) = Open();
        await using (channel)
        {
            var composed = 0;
            await channel.AnnounceAsync(() => [(byte)++composed], Deadline);
            Assert.Equal(channel.Ways, composed);
        }
    }

    private static (UdpBeaconChannel Channel, int Port) Open()
    {
        while (true)
        {
            using var probe = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)probe.Client.LocalEndPoint!).Port;
            probe.Close();
            try
            {
                return (new UdpBeaconChannel(port, TimeProvider.System), port);
            }
            catch (IOException)
            {
                // Somebody was faster; another port then.
            }
        }
    }
}
