using System.Text;
using Skywire.Update.History;
using Skywire.Update.Tests.Simulated;

namespace Skywire.Update.Tests.History;

public sealed class UpdateHistoryTests
{
    private readonly MemoryStorage _storage = new();
    private readonly UpdateHistory _history;

    public UpdateHistoryTests()
    {
        _history = new UpdateHistory(_storage);
    }

    [Fact]
    public void Add_Entries_ComeBackInOrder()
    {
        Assert.Empty(_history.Entries());
        _history.Add(Entry("1.0.0"));
        _history.Add(Entry("1.0.1") with { Reason = "a \"reason\"\nof two lines" });
        Assert.Equal([Entry("1.0.0"), Entry("1.0.1") with { Reason = "a \"reason\"\nof two lines" }], _history.Entries());
    }

    [Fact]
    public void Entries_TornAnywhere_KeepsTheWholeLines()
    {
        _history.Add(Entry("1.0.0"));
        var first = _storage.Read(UpdateHistory.File, int.MaxValue)!;
        _history.Add(Entry("1.0.1"));
        var both = _storage.Read(UpdateHistory.File, int.MaxValue)!;
        for (var cut = first.Length; cut < both.Length - 1; cut++)
        {
            _storage.Write(UpdateHistory.File, both.AsSpan(0, cut));
            Assert.Single(_history.Entries());
            _history.Add(Entry("1.0.2"));
            Assert.Equal(["1.0.0", "1.0.2"], _history.Entries().Select(e => e.Version));
        }
    }

    [Fact]
    public void Add_EndOfATrial_IsWrittenOnce()
    {
        _history.Add(Entry("1.0.0") with { Trial = "t" });
        _history.Add(Entry("1.0.0") with { Trial = "t" });
        _history.Add(Entry("1.0.0") with { Trial = "t", Event = HistoryEntry.Good });
        Assert.Equal(2, _history.Entries().Count);
    }

    [Fact]
    public void Add_Many_StaysBounded()
    {
        for (var i = 0; i < (UpdateHistory.MaxEntries * 3) + 7; i++)
        {
            _history.Add(Entry($"1.0.{i}") with { Reason = new string('x', 2000) });
            Assert.InRange(_history.Entries().Count, 1, UpdateHistory.MaxEntries);
            Assert.Equal($"1.0.{i}", _history.Entries()[^1].Version);
        }
    }

    [Fact]
    public void Entries_Rubbish_IsSkipped()
    {
        _storage.Write(UpdateHistory.File, Encoding.UTF8.GetBytes("null\n[]\n{}\n\u0000\n"));
        Assert.Empty(_history.Entries());
    }

    private static HistoryEntry Entry(string version) => new() { At = DateTimeOffset.UnixEpoch, Event = HistoryEntry.Installed, Version = version };
}
