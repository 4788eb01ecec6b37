using System.Text;
using System.Text.Json;
using Skywire.Testing;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Tests.Running;

public sealed class WifiReportFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualTime _time = new();
    private readonly WifiReportFile _file;

    public WifiReportFileTests() => _file = new WifiReportFile(_folder.Path, _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Changes_AreWrittenOnceASecond()
    {
        Assert.True(_file.Write(Report("searching")));
        Wait(0.5);
        Assert.False(_file.Write(Report("joined")));
        Assert.Equal("searching", WifiReportFile.Read(_folder.Path)!.State);
        Wait(0.5);
        Assert.True(_file.Write(Report("joined")));
        Assert.Equal("joined", WifiReportFile.Read(_folder.Path)!.State);
    }

    [Fact]
    public void Write_NothingNew_IsWrittenEveryTenSeconds()
    {
        var writes = 0;
        for (var second = 0; second <= 60; second++)
        {
            writes += _file.Write(Report("joined", silence: second)) ? 1 : 0;
            Wait(1);
        }

        Assert.Equal(7, writes);
        Assert.Equal(60, WifiReportFile.Read(_folder.Path)!.Radios[0].Neighbours[0].InactiveSeconds);
    }

    [Fact]
    public void Write_File_IsReadableByAll()
    {
        _file.Write(Report("joined"));
        Assert.Equal("644", Convert.ToString((int)File.GetUnixFileMode(WifiReportFile.PathIn(_folder.Path)), 8));
    }

    [Fact]
    public void Write_NoFolder_SaysWhyAndGoesOn()
    {
        var file = new WifiReportFile(_folder.File("none"), _time);
        Assert.False(file.Write(Report("joined")));
        Assert.NotEmpty(file.Fault);
        Directory.CreateDirectory(_folder.File("none"));
        Assert.True(file.Write(Report("joined")));
        Assert.Equal("", file.Fault);
    }

    [Fact]
    public void Parse_WrittenReport_IsTheSame()
    {
        var report = Report("joined");
        var bytes = JsonSerializer.SerializeToUtf8Bytes(report, WifiJson.Default.WifiReport);
        var read = WifiReportFile.Parse(bytes)!;
        Assert.Equal(bytes, JsonSerializer.SerializeToUtf8Bytes(read, WifiJson.Default.WifiReport));
        Assert.Equal("02:00:00:00:00:02", read.Radios[0].Neighbours[0].MacAddress);
    }

    [Fact]
    public void Parse_CutAtEveryByte_GivesNoneAndNeverThrows()
    {
        var whole = JsonSerializer.SerializeToUtf8Bytes(Report("joined"), WifiJson.Default.WifiReport);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Null(WifiReportFile.Parse(whole.AsSpan(0, length)));
        }
    }

    // Who shows a report does not look for nulls at every place.
    [Theory]
    [InlineData("\"radios\":[", "\"radios\":[null,")]
    [InlineData("\"neighbours\":[", "\"neighbours\":[null,")]
    [InlineData("\"paths\":[", "\"paths\":[null,")]
    [InlineData("\"steps\":[", "\"steps\":[null,")]
    [InlineData("\"heard\":[", "\"heard\":[null,")]
    [InlineData("\"types\":[", "\"types\":[null,")]
    [InlineData("\"state\":\"joined\"", "\"state\":null")]
    [InlineData("\"counters\":{", "\"counters\":null,\"x\":{")]
    [InlineData("\"radios\":[", "\"radios\":7,\"x\":[")]
    public void Parse_ForeignContent_GivesNone(string old, string @new)
    {
        var text = Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(Report("joined"), WifiJson.Default.WifiReport));
        var other = text.Replace(old, @new, StringComparison.Ordinal);
        Assert.NotEqual(text, other);
        Assert.Null(WifiReportFile.Parse(Encoding.UTF8.GetBytes(other)));
    }

    [Fact]
    public void Read_NoOrHugeFile_GivesNone()
    {
        Assert.Null(WifiReportFile.Read(_folder.Path));
        _folder.Write(WifiReportFile.FileName, new string(' ', 2 * 1024 * 1024));
        Assert.Null(WifiReportFile.Read(_folder.Path));
    }

    private static WifiReport Report(string state, double silence = 0) => new()
    {
        At = DateTimeOffset.UnixEpoch.AddSeconds(silence),
        State = state,
        Reason = "why",
        Radios =
        [
            new RadioReport
            {
                Name = "phy0",
                Types = ["mesh_point"],
                Role = "backhaul",
                Mode = "mesh",
                PlanReason = "it can",
                State = state,
                Reason = "why",
                Since = DateTimeOffset.UnixEpoch,
                Neighbours = [new NeighbourReport { MacAddress = "02:00:00:00:00:02", Signal = -50, SignalHistory = [-50, -51], InactiveSeconds = silence }],
                Paths = [new PathReport("02:00:00:00:00:03", "02:00:00:00:00:02", 200, 2, true)],
                Steps = [new StepReport(DateTimeOffset.UnixEpoch, "up", "group is up")],
            },
        ],
        Heard = [new HeardReport("02:00:00:00:00:02", "home", "mesh_point", 6, -50, true, true)],
        Counters = new Dictionary<string, long> { ["joins"] = 1 },
    };

    private void Wait(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
