// The page in a real browser, against fixed values: what a script does to a document no other test sees.
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Testing;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Hosting;
using Skywire.Visor.Tests.Wifi;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Tests.Api;

public sealed class PageBrowserTests : TestBase
{
    private const string Browser = "/usr/bin/chromium";

    // On a busy machine the browser's virtual time can be over before the page has come; it then prints nothing at all.
    private const int MostStarts = 3;

    private readonly TempFolder _profile = new();

    private string[] Options => ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync", $"--user-data-dir={_profile.Path}", "--virtual-time-budget=3000"];

    [Fact]
    public async Task Firmware_Downloading_ShowsProgressChangelogAndHistory()
    {
        var page = await ShowAsync(new FakeVisor { Updates = new FakeUpdates() });
        Assert.Contains("<section aria-labelledby=\"h-update\" id=\"update-section\">", page, StringComparison.Ordinal);
        Assert.Contains("<progress id=\"update-progress\" max=\"100\" value=\"40\" aria-label=\"Progress of the update\">", page, StringComparison.Ordinal);
        Assert.Contains("Downloading: 400 B of 1.0 kB, 300 B from the running slot.", page, StringComparison.Ordinal);
        Assert.Contains(">faster</p>", page, StringComparison.Ordinal);
        Assert.Contains("<button type=\"button\" id=\"update-cancel\">", page, StringComparison.Ordinal);
        Assert.Contains("data-state=\"good\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Firmware_NoUpdatesHere_IsNotShown()
        => Assert.Contains("<section aria-labelledby=\"h-update\" id=\"update-section\" hidden=\"\">", await ShowAsync(new FakeVisor()), StringComparison.Ordinal);

    [Fact]
    public async Task Wifi_Report_ShowsRadiosNeighboursPathsAndWhatIsHeard()
    {
        var page = await ShowAsync(new FakeVisor { Wifi = SampleAir.View }, "wifi");
        Assert.Contains("<section aria-labelledby=\"h-wifi\" id=\"wifi-section\">", page, StringComparison.Ordinal);
        Assert.Contains("linked to 2 boards; mesh home, rules of DE", page, StringComparison.Ordinal);
        Assert.Contains("channel 6, 2437 MHz", page, StringComparison.Ordinal);
        Assert.Contains("Planned so: phy1 links boards better; one backhaul is enough on one band", page, StringComparison.Ordinal);
        // Every picture has its words.
        Assert.Matches("aria-label=\"Signal of the last 15 min 0 s: from -5[0-9] to -4[0-9] dBm, now -[0-9]+\"", page);
        Assert.Equal(2, page.Split("class=\"spark\" role=\"img\"").Length - 1);
        Assert.Contains("-83 dBm", page, StringComparison.Ordinal);
        Assert.Contains("27.4 %", page, StringComparison.Ordinal);
        // Shed is reached over the cellar: its place is below it.
        Assert.Contains($"<li><code>{SampleAir.Cellar}</code> -52 dBm<ul><li><code>{SampleAir.Shed}</code> 2 hops, metric 395</li><li class=\"gone\"><code>{SampleAir.Barn}</code> 3 hops, metric 611, not usable now</li></ul></li>", page, StringComparison.Ordinal);
        // What a stranger calls his network is text.
        Assert.Contains("&lt;b&gt;Guest&lt;/b&gt; &amp; friends", page, StringComparison.Ordinal);
        Assert.Contains("Networks heard (3)", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wifi_SetupOpen_IsSaid()
    {
        var setup = SampleAir.Report with { State = "setup", Reason = "nobody set this board up yet", Radios = [], Setup = new SetupReport("open", "no cable, no mesh", "Skyminer-setup-ab12", SampleAir.At.AddMinutes(10)) };
        var page = await ShowAsync(new FakeVisor { Wifi = WifiView.Of(setup, isRunning: true) }, "wifi-setup");
        Assert.Contains("<p class=\"notice\" id=\"wifi-setup\">The setup network Skyminer-setup-ab12 is open until ", page, StringComparison.Ordinal);
        Assert.Contains("No neighbour yet.", page, StringComparison.Ordinal);
        Assert.Contains("id=\"wifi-paths-block\" hidden", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wifi_ServiceStopped_IsSaid()
        => Assert.Contains("The wifi service does not run.", await ShowAsync(new FakeVisor { Wifi = WifiView.Of(SampleAir.Report, isRunning: false) }), StringComparison.Ordinal);

    [Fact]
    public async Task Wifi_NoService_IsNotShown()
        => Assert.Contains("<section aria-labelledby=\"h-wifi\" id=\"wifi-section\" hidden=\"\">", await ShowAsync(new FakeVisor()), StringComparison.Ordinal);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _profile.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<string> ShowAsync(FakeVisor visor, string picture = "")
    {
        if (!File.Exists(Browser))
        {
            Assert.Skip("chromium is not installed");
        }

        var handler = new ApiHandler(visor, new LogRing(100, TimeProvider.System), new RequestGate([], null, TimeProvider.System), null, TimeProvider.System, TimeSpan.FromSeconds(10));
        await using var server = await HttpServer.StartAsync(handler, new HttpServerOptions { Tcp = [new IPEndPoint(IPAddress.Loopback, 0)], Headers = HttpServerOptions.PageHeaders }, NullLoggerFactory.Instance, Deadline);
        var (page, errors) = ("", "");
        for (var start = 1; start <= MostStarts && page.Length == 0; start++)
        {
            (page, errors) = await DumpAsync(server.Addresses[0]);
        }

        Assert.True(page.Length > 0, "the browser printed no page: " + errors);
        if (picture.Length > 0 && Environment.GetEnvironmentVariable("SKYMINER_PICTURES") is { Length: > 0 } folder)
        {
            await PictureAsync(server.Addresses[0], Path.Combine(folder, picture + ".png"), 1100);
            await PictureAsync(server.Addresses[0], Path.Combine(folder, picture + "-dark.png"), 1100, "--blink-settings=preferredColorScheme=0");
            await PictureAsync(server.Addresses[0], Path.Combine(folder, picture + "-narrow.png"), 320);
        }

        return page;
    }

    // For people: nothing is asserted of them.
    private async Task PictureAsync(string address, string file, int width, params string[] more)
    {
        using var browser = Process.Start(new ProcessStartInfo(Browser, [.. Options, .. more, "--hide-scrollbars", $"--window-size={width},2600", $"--screenshot={Path.GetFullPath(file)}", address]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await browser.StandardError.ReadToEndAsync(Deadline);
        await browser.WaitForExitAsync(Deadline);
    }

    private async Task<(string Page, string Errors)> DumpAsync(string address)
    {
        using var browser = Process.Start(new ProcessStartInfo(Browser, [.. Options, "--dump-dom", address]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = browser.StandardError.ReadToEndAsync(Deadline);
        var page = await browser.StandardOutput.ReadToEndAsync(Deadline);
        await browser.WaitForExitAsync(Deadline);
        return (page.Trim(), await errors);
    }
}
