// The executable itself, as a script or systemd meets it.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Skywire.Testing;

namespace Skywire.Visor.Tests.Commands;

public sealed class ProgramTests : TestBase
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Version_NoConfig_PrintsVersionAndCommit()
    {
        var run = await RunAsync("--version");
        Assert.Equal(0, run.Code);
        Assert.Matches(@"^skywire \d+\.\d+\.\d+(-[0-9A-Za-z.-]+)? \([0-9a-z]+\)$", run.Out.Trim());
    }

    [Theory]
    [InlineData(2, "nonsense")]
    [InlineData(3, "config", "check", "missing.json")]
    [InlineData(3, "visor", "run", "--config", "missing.json")]
    [InlineData(3, "services", "run", "--only", "dmsg-discovry")]
    [InlineData(4, "status", "--socket", "missing.sock")]
    [InlineData(4, "status", "--url", "http://127.0.0.1:1")]
    public async Task Any_Failure_HasItsExitCodeAndTwoLines(int code, params string[] args)
    {
        var run = await RunAsync(args);
        Assert.Equal(code, run.Code);
        Assert.Matches("^skywire: .+\n  .+\n", run.Error);
    }

    [Fact]
    public async Task VisorRun_UnderAManager_IsReadyServesRefusesATwinAndStopsOnSigterm()
    {
        Assert.Equal(0, (await RunAsync("config", "gen", "--name", "attic")).Code);
        var config = _folder.File("skywire.json");
        var port = FreePort();
        File.WriteAllText(config, File.ReadAllText(config).Replace("127.0.0.1:8000", "127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(_folder.File("notify")));
        using var visor = Start(new() { ["NOTIFY_SOCKET"] = _folder.File("notify"), ["WATCHDOG_USEC"] = "4000000", ["JOURNAL_STREAM"] = "1:2" }, "visor", "run");
        var errors = visor.StandardError.ReadToEndAsync(Deadline);
        try
        {
            await ReceiveAsync(manager, "READY=1");
            await ReceiveAsync(manager, "WATCHDOG=1");
            var status = await RunAsync("status", "--json");
            Assert.Equal("attic", JsonDocument.Parse(status.Out).RootElement.Text("name"));
            var byTcp = await RunAsync("tp", "ls", "--url", $"http://127.0.0.1:{port}", "--json");
            Assert.Equal("[]", byTcp.Out.Trim());
            var twin = await RunAsync("visor", "run");
            Assert.Equal(3, twin.Code);
            Assert.Contains($"is in use by another visor (process {visor.Id})", twin.Error, StringComparison.Ordinal);
            using var http = new HttpClient();
            Assert.Contains("skywire_build_info{", await http.GetStringAsync($"http://127.0.0.1:{port}/metrics", Deadline), StringComparison.Ordinal);
            Assert.Contains("start-up complete", (await RunAsync("log")).Out, StringComparison.Ordinal);
        }
        finally
        {
            Process.Start("kill", ["-TERM", visor.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        }

        await visor.WaitForExitAsync(Deadline);
        Assert.Equal(0, visor.ExitCode);
        await ReceiveAsync(manager, "STOPPING=1");
        Assert.False(File.Exists(_folder.File("skywire.sock")));
        var log = await errors;
        Assert.Contains("<6>Visor.Composition.VisorHost: stopped in", log, StringComparison.Ordinal);
        Assert.All(log.TrimEnd('\n').Split('\n'), line => Assert.Matches("^<[2-7]>", line));
    }

    [Fact]
    public async Task VisorRun_PagePortTaken_RunsOnAndNamesTheHolder()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        Assert.Equal(0, (await RunAsync("config", "gen")).Code);
        var config = _folder.File("skywire.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("127.0.0.1:8000", "127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(_folder.File("notify")));
        using var visor = Start(new() { ["NOTIFY_SOCKET"] = _folder.File("notify") }, "visor", "run");
        var errors = visor.StandardError.ReadToEndAsync(Deadline);
        try
        {
            await ReceiveAsync(manager, "STATUS=attention");
            var status = JsonDocument.Parse((await RunAsync("status", "--json")).Out).RootElement;
            Assert.Contains($"port {port} is taken by process {Environment.ProcessId}", status.Text("state_reason"), StringComparison.Ordinal);
            Assert.Equal(1, (await RunAsync("status", "--check")).Code);
        }
        finally
        {
            visor.Kill();
        }

        await visor.WaitForExitAsync(Deadline);
        Assert.Contains("no web page", await errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServicesRun_DiscoveryAlone_AnswersAndStops()
    {
        var port = FreePort();
        var file = _folder.Write("services.json", $$"""{ "schema_version": 1, "bind": "127.0.0.1", "only": ["dmsg_discovery"], "ports": { "dmsg_discovery": {{port}} }, "memory": true, "allow_private": true }""");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(_folder.File("notify")));
        using var services = Start(new() { ["NOTIFY_SOCKET"] = _folder.File("notify") }, "services", "run", "--config", file);
        var errors = services.StandardError.ReadToEndAsync(Deadline);
        await ReceiveAsync(manager, "READY=1\nSTATUS=dmsg_discovery");
        using var http = new HttpClient();
        Assert.Contains("started_at", await http.GetStringAsync($"http://127.0.0.1:{port}/health", Deadline), StringComparison.Ordinal);
        Process.Start("kill", ["-TERM", services.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        await services.WaitForExitAsync(Deadline);
        Assert.True(services.ExitCode == 0, await errors);
    }

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Other messages come in between; the manager takes them as they come too.
    private async Task ReceiveAsync(Socket manager, string start)
    {
        var buffer = new byte[1000];
        while (true)
        {
            var text = Encoding.UTF8.GetString(buffer, 0, await manager.ReceiveAsync(buffer, Deadline));
            if (text.StartsWith(start, StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    private Process Start(Dictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "skywire"), args)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in new[] { "SKYWIRE_CONFIG", "SKYWIRE_SOCKET", "SKYWIRE_PASSWORD", "NOTIFY_SOCKET", "JOURNAL_STREAM" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private async Task<(int Code, string Out, string Error)> RunAsync(params string[] args)
    {
        using var process = Start([], args);
        var output = process.StandardOutput.ReadToEndAsync(Deadline);
        var error = process.StandardError.ReadToEndAsync(Deadline);
        await process.WaitForExitAsync(Deadline);
        return (process.ExitCode, await output, await error);
    }
}
