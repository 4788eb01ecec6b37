// The daily CSV: continued, replaced whole, rotated, and unharmed by what else may lie there.
using Skywire.Discovery;
using Skywire.Transport.Manager;
using Xunit;

namespace Skywire.Transport.Tests.Manager;

public sealed class BandwidthLogTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 14, 23, 59, 0, TimeSpan.Zero);
    private static readonly TransportId One = new(1);
    private static readonly TransportId Two = new(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("bandwidth").FullName;

    [Fact]
    public void Save_Sums_OneRowPerTransport()
    {
        var log = Open(Now);
        log.Add(One, 10, 1, Now);
        log.Add(Two, 0, 5, Now);
        log.Add(One, 5, 0, Now.AddSeconds(1));
        log.Save(Now);
        Assert.Equal(["tp_id,recv,sent,time_stamp", $"{One},15,1,1773532741", $"{Two},0,5,1773532740"], Lines("2026-03-14"));
    }

    [Fact]
    public void Open_SameDay_Continues()
    {
        var log = Open(Now);
        log.Add(One, 10, 1, Now);
        log.Save(Now);
        log = Open(Now);
        log.Add(One, 1, 1, Now);
        log.Save(Now);
        Assert.StartsWith($"{One},11,2,", Lines("2026-03-14")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Save_NothingNew_DoesNotTouchTheFile()
    {
        var log = Open(Now);
        log.Add(One, 0, 0, Now);
        log.Save(Now);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Save_NextDay_StartsANewFileAndRemovesOldOnes()
    {
        foreach (var name in new[] { "2026-03-07.csv", "2026-03-08.csv", "notes.csv", "2020-01-01.txt" })
        {
            File.WriteAllText(Path.Combine(_folder, name), "x");
        }

        var log = Open(Now);
        log.Add(One, 10, 1, Now);
        log.Save(Now.AddMinutes(2));
        log.Add(One, 3, 0, Now.AddMinutes(2));
        log.Save(Now.AddMinutes(3));
        Assert.StartsWith($"{One},10,1,", Lines("2026-03-14")[1], StringComparison.Ordinal);
        Assert.StartsWith($"{One},3,0,", Lines("2026-03-15")[1], StringComparison.Ordinal);
        Assert.Equal(["2020-01-01.txt", "2026-03-08.csv", "2026-03-14.csv", "2026-03-15.csv", "notes.csv"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tp_id,recv,sent,time_stamp")]
    [InlineData("00000000-0000-0000-0000-000000000001,1,2")]
    [InlineData("00000000-0000-0000-0000-000000000001,1,2,x")]
    [InlineData("00000000-0000-0000-0000-000000000001,-1,2,3")]
    [InlineData("00000000-0000-0000-0000-00000000000g,1,2,3")]
    [InlineData("00000000-0000-0000-0000-000000000001,1,2,3,4")]
    [InlineData("00000000-0000-0000-0000-000000000001,99999999999999999999,2,3")]
    public void TryParse_DamagedRow_IsLeftOut(string row) => Assert.False(BandwidthLog.TryParse(row, out _, out _));

    [Fact]
    public void Open_DamagedFile_KeepsTheGoodRows()
    {
        File.WriteAllText(Path.Combine(_folder, "2026-03-14.csv"), $"\0\0garbage\n{One},7,8,9\n00000000-0000-");
        Assert.Equal(new BandwidthLog.Row(7, 8, 9), Assert.Single(Open(Now).Today).Value);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BandwidthLog Open(DateTimeOffset now) => new(_folder, TimeSpan.FromDays(7), now);

    private string[] Lines(string day) => File.ReadAllLines(Path.Combine(_folder, day + ".csv"));
}
