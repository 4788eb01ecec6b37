// The whole way of a user's bytes: program, SOCKS5 port, route, proxy, web server.
using System.Net;
using Skywire.Testing;
using Skywire.Visor.Config;
using Skywire.Wire;
using Xunit;

namespace Skywire.Simulation.Tests;

public sealed class AppTests
{
    private const string WebAddress = "44.9.9.9";
    private const int SocksPort = 1080;

    [Fact]
    public void Skysocks_OverOneRelay_FetchesAPage() => MeshScenario.Run(9, async mesh =>
    {
        var c = await mesh.AddVisorAsync("c", config => config.Apps = [new AppConfig { Name = "proxy", Kind = AppKinds.Skysocks, AutoStart = true }]);
        var b = await mesh.AddVisorAsync("b");
        await mesh.ConnectAsync(b, c);
        var a = await mesh.AddVisorAsync("a", config => config.Apps = [Client(c)]);
        await mesh.ConnectAsync(a, b);

        await using var web = mesh.Sim.Network.Host(WebAddress).Listen(new IPEndPoint(IPAddress.Any, 80));
        var serving = ServeAsync(web);
        await using var browser = await ConnectUntilAsync(mesh, a);
        mesh.Note("the proxy's server is reached");
        await browser.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), default);
        var answer = await ReadAllAsync(browser);
        Assert.Equal(200_000, answer.Length);
        Assert.Equal(c.Address, await serving);
    });

    [Fact]
    public void Skysocks_LastBytesLostOnTheWay_TheProgramIsToldAndConnectsAgain() => MeshScenario.Run(10, async mesh =>
    {
        var d = await mesh.AddVisorAsync("d", config => config.Apps = [new AppConfig { Name = "proxy", Kind = AppKinds.Skysocks, AutoStart = true }]);
        var (c, b) = (await mesh.AddVisorAsync("c"), await mesh.AddVisorAsync("b"));
        await mesh.ConnectAsync(c, d);
        await mesh.ConnectAsync(b, c);
        var a = await mesh.AddVisorAsync("a", config => config.Apps = [Client(d)]);
        await mesh.ConnectAsync(a, b);
        await using var web = mesh.Sim.Network.Host(WebAddress).Listen(new IPEndPoint(IPAddress.Any, 80));
        var serving = ServeAndStayAsync(web, 60_000);
        await using var browser = await ConnectUntilAsync(mesh, a);
        mesh.Sim.Network.SetLink(b.Address, c.Address, new LinkOptions { BytesPerSecond = 30_000 });
        await browser.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), default);
        var got = (await ReadExactlyAsync(browser, 10_000)).Length;

        // The link in the middle breaks with the rest of the page in it, and is there again a second later: neither end of the route sees that, and nothing more is sent that would show the hole.
        mesh.Sim.Network.Cut(b.Address, c.Address, CutMode.Refuse).Dispose();
        var broken = mesh.Sim.Time.Elapsed;
        await Task.Delay(TimeSpan.FromSeconds(1), mesh.Sim.Time);
        await mesh.ConnectAsync(b, c);
        try
        {
            var buffer = new byte[8192];
            for (int n; (n = await browser.ReadAsync(buffer, default)) > 0;)
            {
                got += n;
            }
        }
        catch (IOException e)
        {
            mesh.Note("the program is told: " + e.Message);
        }

        var noticed = mesh.Sim.Time.Elapsed - broken;
        mesh.Note($"{got} bytes came, the connection ended after {noticed}");
        Assert.True(got < 60_000, "nothing was lost: the test shows nothing");
        Assert.True(noticed < TimeSpan.FromSeconds(30), $"the program waited {noticed} for what was lost");
        await browser.DisposeAsync();
        await serving;

        var again = ServeAsync(web);
        await using var second = await ConnectUntilAsync(mesh, a);
        await second.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), default);
        Assert.Equal(200_000, (await ReadAllAsync(second)).Length);
        Assert.Equal(d.Address, await again);
    });

    private static AppConfig Client(SimulatedVisor server) => new()
    {
        Name = "browse",
        Kind = AppKinds.SkysocksClient,
        AutoStart = true,
        Settings = new Dictionary<string, string> { ["server"] = server.Key.ToString(), ["listen"] = $"127.0.0.1:{SocksPort}" },
    };

    // Asks for the web server as a SOCKS5 client does, until the client app has its route.
    private static async Task<IByteStream> ConnectUntilAsync(SimulatedMesh mesh, SimulatedVisor visor)
    {
        var deadline = mesh.Sim.Time.Elapsed + TimeSpan.FromMinutes(2);
        while (true)
        {
            try
            {
                return await ConnectAsync(visor);
            }
            catch (IOException e) when (mesh.Sim.Time.Elapsed < deadline)
            {
                mesh.Note("not yet: " + e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), mesh.Sim.Time);
            }
        }
    }

    private static async Task<IByteStream> ConnectAsync(SimulatedVisor visor)
    {
        var stream = await visor.Host.ConnectAsync($"127.0.0.1:{SocksPort}", default);
        try
        {
            await stream.WriteAsync(new byte[] { 5, 1, 0 }, default);
            Assert.Equal(new byte[] { 5, 0 }, await ReadExactlyAsync(stream, 2));
            await stream.WriteAsync(new byte[] { 5, 1, 0, 1, 44, 9, 9, 9, 0, 80 }, default);
            var reply = await ReadExactlyAsync(stream, 10);
            return reply[1] == 0 ? stream : throw new IOException($"SOCKS5 answer {reply[1]}");
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    // One request, one page; tells who asked.
    private static async Task<string> ServeAsync(IStreamListener web)
    {
        await using var stream = await web.AcceptAsync(default);
        await ReadRequestAsync(stream);
        await stream.WriteAsync(new byte[200_000], default);
        return ((IPEndPoint)stream.RemoteEndPoint!).Address.ToString();
    }

    // A page on a connection that the server keeps, as for a next request.
    private static async Task ServeAndStayAsync(IStreamListener web, int bytes)
    {
        await using var stream = await web.AcceptAsync(default);
        await ReadRequestAsync(stream);
        await stream.WriteAsync(new byte[bytes], default);
        try
        {
            await stream.ReadAsync(new byte[1], default);
        }
        catch (IOException)
        {
            // The proxy took its end away.
        }
    }

    private static async Task ReadRequestAsync(IByteStream stream)
    {
        var request = new byte[1024];
        for (var at = 0; !request.AsSpan(0, at).EndsWith("\r\n\r\n"u8);)
        {
            var n = await stream.ReadAsync(request.AsMemory(at), default);
            Assert.NotEqual(0, n);
            at += n;
        }
    }

    private static async Task<byte[]> ReadAllAsync(IByteStream stream)
    {
        using var all = new MemoryStream();
        var buffer = new byte[8192];
        for (int n; (n = await stream.ReadAsync(buffer, default)) > 0;)
        {
            all.Write(buffer, 0, n);
        }

        return all.ToArray();
    }

    private static async Task<byte[]> ReadExactlyAsync(IByteStream stream, int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var n = await stream.ReadAsync(bytes.AsMemory(at), default);
            at += n > 0 ? n : throw new IOException("the proxy closed the connection");
        }

        return bytes;
    }
}
