using System.Net;
using System.Net.Http.Headers;
using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class FeedServerTests : IDisposable
{
    private const int Size = 1_000_000;
    private readonly TempFolder _folder = new();
    private readonly byte[] _bundle = new byte[Size];
    private readonly HttpClient _http = new();

    public FeedServerTests()
    {
        new Random(1).NextBytes(_bundle);
        _folder.Write("x.raucb", _bundle);
        _folder.Write("stable.json", "{}");
    }

    [Fact]
    public async Task Get_Range_IsThatPart()
    {
        await using var server = new FeedServer(_folder.Path);
        using var answer = await _http.SendAsync(Get(server, "x.raucb", 1000, 2999), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(_bundle[1000..3000], await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2000, server.BundleBytes);
    }

    [Fact]
    public async Task Get_OverlappingRanges_TellsEachByteOnce()
    {
        await using var server = new FeedServer(_folder.Path);
        foreach (var (from, to) in new[] { (500_000, 500_999), (1000, 2999), (2000, 3999), (1000, 1499) })
        {
            using var answer = await _http.SendAsync(Get(server, "x.raucb", from, to), TestContext.Current.CancellationToken);
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal((5500, 4000), (server.BundleBytes, server.DistinctBytes));
        server.Reset();
        Assert.Equal(0, server.DistinctBytes);
    }

    [Fact]
    public async Task Get_Gate_IsThereWhileItIsOpen()
    {
        await using var server = new FeedServer(_folder.Path) { IsGateOpen = false };
        using (var answer = await _http.GetAsync(Address(server, FeedServer.Gate), TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        server.IsGateOpen = true;
        Assert.Empty(await _http.GetByteArrayAsync(Address(server, FeedServer.Gate), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Get_MissingFile_IsNotFound()
    {
        await using var server = new FeedServer(_folder.Path);
        using var answer = await _http.GetAsync(Address(server, "y.raucb"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Get_WithBreaks_BreaksThatOftenAndNoMore()
    {
        await using var server = new FeedServer(_folder.Path) { Faults = new FeedFaults { Breaks = 3, BreakEvery = 200_000 } };
        var got = new MemoryStream();
        var broken = 0;
        while (got.Length < Size)
        {
            try
            {
                using var answer = await _http.SendAsync(Get(server, "x.raucb", got.Length, null), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
                await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
                await body.CopyToAsync(got, TestContext.Current.CancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                broken++;
                Assert.True(broken <= 3, "more breaks than asked for");
            }
        }

        Assert.Equal(3, server.Breaks);
        Assert.Equal(3, broken);
        Assert.Equal(_bundle, got.ToArray());
    }

    [Fact]
    public async Task Get_WithAWrongByte_DiffersThere()
    {
        await using var server = new FeedServer(_folder.Path) { Faults = new FeedFaults { WrongByteAt = 700_001 } };
        var got = await _http.GetByteArrayAsync(Address(server, "x.raucb"), TestContext.Current.CancellationToken);
        Assert.Equal([700_001], Enumerable.Range(0, Size).Where(i => got[i] != _bundle[i]));
    }

    [Fact]
    public async Task Get_FeedWhileBundlesAreFaulty_ComesWhole()
    {
        await using var server = new FeedServer(_folder.Path) { Faults = new FeedFaults { Breaks = 9, BreakEvery = 1, IgnoresRange = true } };
        Assert.Equal("{}", await _http.GetStringAsync(Address(server, "stable.json"), TestContext.Current.CancellationToken));
        Assert.Equal(2, server.OtherBytes);
        Assert.Equal(0, server.BundleBytes);
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    private static Uri Address(FeedServer server, string name) => new($"http://127.0.0.1:{server.Port}/{name}");

    private static HttpRequestMessage Get(FeedServer server, string name, long from, long? to)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Address(server, name));
        request.Headers.Range = new RangeHeaderValue(from, to);
        return request;
    }
}
