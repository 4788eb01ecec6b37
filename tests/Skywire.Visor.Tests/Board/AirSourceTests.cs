using System.Text;
using System.Text.Json;
using Skywire.Boards.Leds;
using Skywire.Boards.Running;
using Skywire.Testing;
using Skywire.Visor.Board;
using Skywire.Visor.Tests.Wifi;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Tests.Board;

public sealed class AirSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Report_GivesItsWordsUntilItIsOld()
    {
        var source = new AirSource(_folder.Path, _time);
        Assert.Null(source.Read());
        Put(SampleAir.Report with { State = "setup", Reason = "why", Setup = new SetupReport("open", "", "Skyminer-1", null) });
        Assert.Equal(new AirStatus("setup", "why", "Skyminer-1"), source.Read());
        Put(SampleAir.Report);
        Assert.Equal(new AirStatus("joined", "linked to 2 boards"), source.Read());
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(source.Read());
    }

    [Fact]
    public void Parse_CutAtEveryByte_GivesNone()
    {
        var whole = JsonSerializer.SerializeToUtf8Bytes(SampleAir.Report, WifiJson.Default.WifiReport);
        Assert.NotNull(AirSource.Parse(whole));
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Null(AirSource.Parse(whole.AsMemory(0, length)));
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"state\":7,\"at\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"state\":\"joined\",\"at\":7}")]
    [InlineData("{\"state\":\"joined\",\"at\":\"yesterday\"}")]
    [InlineData("{\"state\":\"\\ud800\",\"at\":\"2026-01-01T00:00:00Z\"}")]
    public void Parse_ForeignContent_GivesNone(string text) => Assert.Null(AirSource.Parse(Encoding.UTF8.GetBytes(text)));

    // Boards and radios do not know each other: here both are known.
    [Fact]
    public void AirWords_All_AreTheReportsOwn() => Assert.Equal(Enum.GetNames<AirState>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName), AirWords.All);

    private void Put(WifiReport report) => new WifiReportFile(_folder.Path, _time).Write(report with { At = _time.GetUtcNow() });
}
