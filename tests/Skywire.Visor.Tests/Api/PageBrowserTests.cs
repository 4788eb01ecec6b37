// The page in a real browser, against fixed values: what a script does to a document no other test sees.
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Browser;
using Skywire.Testing;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Hosting;
using Skywire.Visor.Tests.Wifi;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Tests.Api;

public sealed class PageBrowserTests : TestBase
{
    private const string Loaded = "#led:not([data-state=booting])";
    private const string WifiShown = "#wifi-section:not([hidden])";

    [Fact]
    public async Task Firmware_Downloading_ShowsProgressChangelogAndHistory()
    {
        var page = await ShowAsync(new FakeVisor { Updates = new FakeUpdates() }, "[data-state=good]");
        Assert.Contains("<section aria-labelledby=\"h-update\" id=\"update-section\">", page, StringComparison.Ordinal);
        Assert.Contains("<progress id=\"update-progress\" max=\"100\" value=\"40\" aria-label=\"Progress of the update\">", page, StringComparison.Ordinal);
        Assert.Contains("Downloading: 400 B of 1.0 kB, 300 B from the running slot.", page, StringComparison.Ordinal);
        Assert.Contains(">faster</p>", page, StringComparison.Ordinal);
        Assert.Contains("<button type=\"button\" id=\"update-cancel\">", page, StringComparison.Ordinal);
        Assert.Contains("data-state=\"good\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Firmware_NoUpdatesHere_IsNotShown()
        => Assert.Contains("<section aria-labelledby=\"h-update\" id=\"update-section\" hidden=\"\">", await ShowAsync(new FakeVisor(), Loaded), StringComparison.Ordinal);

    [Fact]
    public async Task Wifi_Report_ShowsRadiosNeighboursPathsAndWhatIsHeard()
    {
        var page = await ShowAsync(new FakeVisor { Wifi = SampleAir.View }, WifiShown, "wifi");
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
        var page = await ShowAsync(new FakeVisor { Wifi = WifiView.Of(setup, isRunning: true) }, WifiShown, "wifi-setup");
        Assert.Contains("<p class=\"notice\" id=\"wifi-setup\">The setup network Skyminer-setup-ab12 is open until ", page, StringComparison.Ordinal);
        Assert.Contains("No neighbour yet.", page, StringComparison.Ordinal);
        Assert.Contains("id=\"wifi-paths-block\" hidden", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wifi_ServiceStopped_IsSaid()
        => Assert.Contains("The wifi service does not run.", await ShowAsync(new FakeVisor { Wifi = WifiView.Of(SampleAir.Report, isRunning: false) }, WifiShown), StringComparison.Ordinal);

    [Fact]
    public async Task Wifi_NoService_IsNotShown()
        => Assert.Contains("<section aria-labelledby=\"h-wifi\" id=\"wifi-section\" hidden=\"\">", await ShowAsync(new FakeVisor(), Loaded), StringComparison.Ordinal);

    // The document as it is once its script has brought what is waited for. The pictures are for people: nothing is asserted of them.
    private async Task<string> ShowAsync(FakeVisor visor, string selector, string picture = "")
    {
        Assert.SkipUnless(BrowserOptions.Default.IsInstalled, "chromium is not installed");
        var handler = new ApiHandler(visor, new LogRing(100, TimeProvider.System), new RequestGate([], null, TimeProvider.System), null, TimeProvider.System, TimeSpan.FromSeconds(10));
        await using var server = await HttpServer.StartAsync(handler, new HttpServerOptions { Tcp = [new IPEndPoint(IPAddress.Loopback, 0)], Headers = HttpServerOptions.PageHeaders }, NullLoggerFactory.Instance, Deadline);
        await using var tab = await BrowserTab.StartAsync(BrowserOptions.Default, Deadline);
        await tab.OpenAsync(server.Addresses[0], Deadline);
        await tab.WaitAsync(selector, Deadline);
        if (picture.Length > 0 && Environment.GetEnvironmentVariable("SKYMINER_PICTURES") is { Length: > 0 } folder)
        {
            foreach (var (name, width) in ((string, int)[])[("", 1100), ("-narrow", 320)])
            {
                await tab.ResizeAsync(width, 2600, isMobile: false, Deadline);
                await tab.ScreenshotAsync(Path.Combine(folder, picture + name + ".png"), Deadline);
            }
        }

        return (await tab.EvaluateAsync("document.documentElement.outerHTML", Deadline))!.GetValue<string>();
    }
}
