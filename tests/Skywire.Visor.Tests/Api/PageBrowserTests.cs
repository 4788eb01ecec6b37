// The page in a real browser, against fixed values: what a script does to a document no other test sees.
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Testing;
using Skywire.Visor.Api;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Tests.Api;

public sealed class PageBrowserTests : TestBase
{
    private const string Browser = "/usr/bin/chromium";

    // On a busy machine the browser's virtual time can be over before the page has come; it then prints nothing at all.
    private const int MostStarts = 3;

    private readonly TempFolder _profile = new();

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

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _profile.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<string> ShowAsync(FakeVisor visor)
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
        return page;
    }

    private async Task<(string Page, string Errors)> DumpAsync(string address)
    {
        using var browser = Process.Start(new ProcessStartInfo(
            Browser,
            ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync", $"--user-data-dir={_profile.Path}", "--virtual-time-budget=3000", "--dump-dom", address])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = browser.StandardError.ReadToEndAsync(Deadline);
        var page = await browser.StandardOutput.ReadToEndAsync(Deadline);
        await browser.WaitForExitAsync(Deadline);
        return (page.Trim(), await errors);
    }
}
