using System.Text.Json;
using Xunit;

namespace Skywire.Integration.Tests;

/// <summary>The main job as a person runs it.</summary>
[Collection("lab")]
[Trait("Category", "Slow")]
public sealed class LabTests(LabFixture lab) : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(4));

    /// <inheritdoc/>
    public void Dispose() => _deadline.Dispose();

    [Fact]
    public void Up_Detached_ShowsTableAndLinesToTry()
    {
        Assert.Contains("links up", lab.Up.Output, StringComparison.Ordinal);
        Assert.Contains($"curl --socks5-hostname 127.0.0.1:{lab.Skyminer.ProxyPort}", lab.Up.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_Json_NamesBoardsLinksRoutesBytes()
    {
        var status = await lab.StatusAsync(_deadline.Token);
        var boards = status.GetProperty("boards").EnumerateArray().ToList();
        Assert.Equal(["A", "B", "C"], boards.Select(b => b.GetProperty("name").GetString()));
        Assert.Equal(["A", "C"], boards[1].GetProperty("links").EnumerateArray().Select(l => l.GetProperty("remote").GetString()).Order());
        Assert.True(boards[0].GetProperty("routes").GetInt32() >= 1);
        Assert.All(boards, b => Assert.True(b.GetProperty("sent_bytes").GetInt64() > 0));
    }

    [Fact]
    public async Task CheckTraffic_SmallFile_Holds()
    {
        var result = await lab.Skyminer.RunAsync(_deadline.Token, "check", "traffic", "--size", "20M", "--json");
        Assert.True(result.ExitCode == 0, result.ToString());
        var report = result.Json;
        Assert.True(report.GetProperty("ok").GetBoolean());
        Assert.True(report.GetProperty("sha256_equal").GetBoolean());
        Assert.True(report.GetProperty("relayed_bytes").GetInt64() >= 20_000_000);
        Assert.False(report.GetProperty("direct_link_a_to_c").GetBoolean());
    }

    [Fact]
    public async Task Proxy_WithCurl_FetchesOverTwoHops()
    {
        var result = await lab.Skyminer.ExecuteAsync("curl", ["-sS", "--max-time", "30", "--socks5-hostname", $"127.0.0.1:{lab.Skyminer.ProxyPort}", $"http://127.0.0.1:{lab.Skyminer.PagePort + 2}/"], _deadline.Token);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("<html", result.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Up_Twice_IsRefusedWithRemedy()
    {
        var result = await lab.Skyminer.RunAsync(_deadline.Token, ["up", "--detach", .. lab.Skyminer.PortArguments]);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("running already", result.Error, StringComparison.Ordinal);
        Assert.Contains("remedy:", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_InBrowser_ShowsLinks()
    {
        if (!File.Exists("/usr/bin/chromium"))
        {
            Assert.Skip("chromium is not installed");
        }

        var profile = Directory.CreateTempSubdirectory("skywire-page");
        try
        {
            string[] quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", $"--user-data-dir={profile.FullName}", "--virtual-time-budget=8000"];
            var result = await lab.Skyminer.ExecuteAsync("/usr/bin/chromium", [.. quiet, "--dump-dom", $"http://127.0.0.1:{lab.Skyminer.PagePort + 1}/"], _deadline.Token);
            var keys = (await lab.StatusAsync(_deadline.Token)).GetProperty("boards").EnumerateArray().Select(b => b.GetProperty("public_key").GetString()!).ToList();
            Assert.Contains(keys[0][..8], result.Output, StringComparison.Ordinal);
            Assert.Contains(keys[2][..8], result.Output, StringComparison.Ordinal);
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }
}
