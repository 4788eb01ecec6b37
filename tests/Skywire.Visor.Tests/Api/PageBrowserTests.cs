// The page in a real browser, against fixed values: what a script does to a document no other test sees.
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Browser;
using Skywire.Testing;
using Skywire.Visor.Api;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Tests.Api;

public sealed class PageBrowserTests : TestBase
{
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
        => Assert.Contains("<section aria-labelledby=\"h-update\" id=\"update-section\" hidden=\"\">", await ShowAsync(new FakeVisor(), "#led:not([data-state=booting])"), StringComparison.Ordinal);

    // The document as it is once its script has brought what is waited for.
    private async Task<string> ShowAsync(FakeVisor visor, string selector)
    {
        Assert.SkipUnless(BrowserOptions.Default.IsInstalled, "chromium is not installed");
        var handler = new ApiHandler(visor, new LogRing(100, TimeProvider.System), new RequestGate([], null, TimeProvider.System), null, TimeProvider.System, TimeSpan.FromSeconds(10));
        await using var server = await HttpServer.StartAsync(handler, new HttpServerOptions { Tcp = [new IPEndPoint(IPAddress.Loopback, 0)], Headers = HttpServerOptions.PageHeaders }, NullLoggerFactory.Instance, Deadline);
        await using var tab = await BrowserTab.StartAsync(BrowserOptions.Default, Deadline);
        await tab.OpenAsync(server.Addresses[0], Deadline);
        await tab.WaitAsync(selector, Deadline);
        return (await tab.EvaluateAsync("document.documentElement.outerHTML", Deadline))!.GetValue<string>();
    }
}
