using System.Net;
using System.Net.Sockets;
using System.Text;
using Skywire.Testing;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupServiceTests : TestBase
{
    private readonly TempFolder _run = new();
    private readonly VirtualTime _time = new();
    private volatile bool _isSet;
    private volatile bool _hasWire;
    private IReadOnlyList<HeardNetwork> _heard = [SetupSamples.Mesh("home")];

    [Fact]
    public async Task RunAsync_WholeLife_OffersTakesAndCloses()
    {
        var (service, run) = Start(Deadline);
        Assert.Equal("waiting", service.Claim()!.Report.Phase);
        Assert.Null(service.Claim()!.Network);

        await UntilAsync(() => service.PageEndPoint is not null, TimeSpan.FromSeconds(1));
        Assert.InRange(_time.Elapsed.TotalSeconds, 40, 45);
        Assert.Equal("open", service.Claim()!.Report.Phase);
        var console = _run.Read(SetupConsole.FileName);
        Assert.Contains($"\"code\":\"{service.Claim()!.Network!.Passphrase}\"", console, StringComparison.Ordinal);
        Assert.Equal(0, (int)(File.GetUnixFileMode(_run.File(SetupConsole.FileName)) & (UnixFileMode.OtherRead | UnixFileMode.GroupWrite)));

        // Heard before, and still offered though the radio cannot listen now.
        _heard = [];
        Assert.Contains("join:home", await AskAsync(service, "GET / HTTP/1.1\r\nHost: {0}\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 302", await AskAsync(service, "GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal([127, 0, 0, 1], (await ResolveAsync(service))[^4..]);
        const string Body = "name=attic&country=DE&mesh=join%3Ahome&passphrase=correct+horse";
        var done = await AskAsync(service, $"POST / HTTP/1.1\r\nHost: {{0}}\r\nOrigin: http://{{0}}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        Assert.StartsWith("HTTP/1.1 200", done, StringComparison.Ordinal);
        Assert.Equal("taken", service.Claim()!.Report.Phase);
        Assert.Equal("name=attic\nwifi_country=DE\nmesh_name=home\nmesh_passphrase=correct horse\n", _run.Read(SettingsOrder.FileName));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_run.File(SettingsOrder.FileName)));

        _isSet = true;
        await UntilAsync(() => run.IsCompleted, TimeSpan.FromSeconds(1));
        await run;
        Assert.Equal(("closed", "settings are in force", null), (service.Claim()!.Report.Phase, service.Claim()!.Report.Reason, service.Claim()!.Network));
        Assert.False(File.Exists(_run.File(SetupConsole.FileName)));
        Assert.Null(service.PageEndPoint);
        Assert.Equal(1, service.Counters()["setup_answers_taken_total"]);
        Assert.Equal((3, 1), (service.Counters()["setup_page_answers_total"], service.Counters()["setup_dns_answers_total"]));
    }

    [Fact]
    public async Task RunAsync_CableComes_ClosesAndTakesTheCodeFromTheConsole()
    {
        var (service, run) = Start(Deadline);
        await UntilAsync(() => File.Exists(_run.File(SetupConsole.FileName)), TimeSpan.FromSeconds(1));
        _hasWire = true;
        await UntilAsync(() => run.IsCompleted, TimeSpan.FromSeconds(1));
        Assert.Contains("cable", service.Claim()!.Report.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(_run.File(SetupConsole.FileName)));
    }

    [Fact]
    public async Task RunAsync_BoardWithSettings_ReturnsAtOnceWithNothingToTell()
    {
        _isSet = true;
        var (service, run) = Start(Deadline);
        await run.WaitAsync(Deadline);
        Assert.Null(service.Claim());
    }

    [Fact]
    public async Task RunAsync_AddressNotThereYet_SaysSoAndGoesOn()
    {
        // TEST-NET-1 is nobody's here.
        var (service, run) = Start(Deadline, IPAddress.Parse("192.0.2.1"));
        await UntilAsync(() => service.Claim()!.Network is not null, TimeSpan.FromSeconds(1));
        Assert.Contains("192.0.2.1 is not there yet", service.Claim()!.Report.Reason, StringComparison.Ordinal);
        Assert.False(run.IsCompleted);
        _isSet = true;
        await UntilAsync(() => run.IsCompleted, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task RunAsync_SettingsRefused_OpensAgainAndSaysWhy()
    {
        var (service, _) = Start(Deadline);
        await UntilAsync(() => service.PageEndPoint is not null, TimeSpan.FromSeconds(1));
        const string Body = "name=attic&country=DE&mesh=join%3Ahome&passphrase=correct+horse";
        var post = $"POST / HTTP/1.1\r\nHost: {{0}}\r\nOrigin: http://{{0}}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {Body.Length}\r\n\r\n{Body}";
        await AskAsync(service, post);
        _run.Write(SettingsOrder.AnswerName, """{"ok":false,"mistakes":[{"line":0,"key":"name","cause":"is taken","remedy":""}]}""");
        await UntilAsync(() => service.Claim()!.Report.Phase == "open", TimeSpan.FromSeconds(1));
        Assert.Equal("the settings were refused: name is taken", service.Claim()!.Report.Reason);
        Assert.Contains("the settings were refused: name is taken", await AskAsync(service, "GET / HTTP/1.1\r\nHost: {0}\r\n\r\n"), StringComparison.Ordinal);
        // Another order, another answer.
        await AskAsync(service, post);
        Assert.False(File.Exists(_run.File(SettingsOrder.AnswerName)));
        Assert.Equal("taken", service.Claim()!.Report.Phase);
    }

    [Theory]
    [InlineData("""{"ok":true,"mistakes":[]}""", null)]
    [InlineData("""{"ok":false,"mistakes":[]}""", "it is not said why")]
    [InlineData("""{"ok":false,"mistakes":[null]}""", "it is not said why")]
    [InlineData("""{"ok":fal""", null)]
    public void Refusal_Answer_IsItsFirstMistake(string content, string? expected)
    {
        _run.Write(SettingsOrder.AnswerName, content);
        Assert.Equal(expected, new SettingsOrderSink(_run.Path).Refusal());
    }

    [Fact]
    public async Task RunAsync_Cancelled_LeavesNothingBehind()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var (service, run) = Start(stop.Token);
        await UntilAsync(() => service.PageEndPoint is not null, TimeSpan.FromSeconds(1));
        var page = service.PageEndPoint!;
        await stop.CancelAsync();
        await run.WaitAsync(Deadline);
        Assert.Equal("closed", service.Claim()!.Report.Phase);
        Assert.False(File.Exists(_run.File(SetupConsole.FileName)));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync(page, Deadline));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _run.Dispose();
        }

        base.Dispose(disposing);
    }

    private (SetupService Service, Task Run) Start(CancellationToken cancellationToken, IPAddress? address = null)
    {
        var service = new SetupService(
            new SetupOptions { Address = address ?? IPAddress.Loopback, PagePort = 0, DnsPort = 0, Folder = _run.Path },
            new SetupParts
            {
                IsSet = () => _isSet,
                HasWire = () => _hasWire,
                Radios = () => [SetupSamples.Radio()],
                Listen = _ => Task.FromResult(_heard),
                Sink = new SettingsOrderSink(_run.Path),
                Random = System.Security.Cryptography.RandomNumberGenerator.Fill,
            },
            _time);
        return (service, service.RunAsync(cancellationToken));
    }

    // Virtual time goes on in steps while the real sockets get theirs.
    private async Task UntilAsync(Func<bool> holds, TimeSpan step)
    {
        while (!holds())
        {
            Deadline.ThrowIfCancellationRequested();
            _time.Advance(step);
            await Task.Yield();
        }
    }

    private async Task<string> AskAsync(SetupService service, string request)
    {
        var page = service.PageEndPoint!;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(page, Deadline);
        await socket.SendAsync(Encoding.UTF8.GetBytes(request.Replace("{0}", page.ToString(), StringComparison.Ordinal)), Deadline);
        using var answer = new MemoryStream();
        var buffer = new byte[8192];
        int got;
        while ((got = await socket.ReceiveAsync(buffer, Deadline)) > 0)
        {
            answer.Write(buffer, 0, got);
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private async Task<byte[]> ResolveAsync(SetupService service)
    {
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(service.NamesEndPoint!, Deadline);
        await socket.SendAsync((byte[])[0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 0, 0, 1, 0, 1], Deadline);
        var buffer = new byte[512];
        return buffer[..await socket.ReceiveAsync(buffer, Deadline)];
    }
}
