using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Testing;

namespace Skywire.Dmsg.Tests;

public sealed class EntryWriterTests
{
    [Fact]
    public void TryWriteAsync_Successive_CountsTheSequenceWithoutAskingAgain() => Run(async (sim, discovery, key) =>
    {
        var writer = new EntryWriter(key, discovery, sim.Time);
        Assert.True(await writer.TryWriteAsync(Content, CancellationToken.None));
        Assert.Equal(0UL, writer.Last!.Sequence);
        Assert.True(await writer.TryWriteAsync(Content, CancellationToken.None));
        Assert.Equal(1UL, writer.Last!.Sequence);
        Assert.True(writer.Last.Verify());
        Assert.Equal(1, discovery.Gets);
    });

    [Fact]
    public void TryWriteAsync_EntryOfAnEarlierLife_IsContinued() => Run(async (sim, discovery, key) =>
    {
        await discovery.PostEntryAsync(Old(sim, key, sequence: 41, age: TimeSpan.FromHours(1)), CancellationToken.None);
        var writer = new EntryWriter(key, discovery, sim.Time);
        Assert.True(await writer.TryWriteAsync(Content, CancellationToken.None));
        Assert.Equal(42UL, writer.Last!.Sequence);
        Assert.False(writer.IsContested);
    });

    [Fact]
    public void TryWriteAsync_ClockBehindTheStoredEntry_IsStillAccepted() => Run(async (sim, discovery, key) =>
    {
        var stored = Old(sim, key, sequence: 5, age: -TimeSpan.FromDays(3));
        await discovery.PostEntryAsync(stored, CancellationToken.None);
        var writer = new EntryWriter(key, discovery, sim.Time);
        Assert.True(await writer.TryWriteAsync(Content, CancellationToken.None));
        Assert.Equal(stored.Timestamp + 1, writer.Last!.Timestamp);
    });

    [Fact]
    public void TryWriteAsync_SomebodyElseWrote_TakesOverAndSaysSo() => Run(async (sim, discovery, key) =>
    {
        var writer = new EntryWriter(key, discovery, sim.Time);
        await writer.TryWriteAsync(Content, CancellationToken.None);
        await discovery.PostEntryAsync(Old(sim, key, sequence: 7, age: TimeSpan.Zero), CancellationToken.None);
        Assert.True(await writer.TryWriteAsync(Content, CancellationToken.None));
        Assert.Equal(8UL, writer.Last!.Sequence);
        Assert.True(writer.IsContested);
        await writer.TryWriteAsync(Content, CancellationToken.None);
        Assert.False(writer.IsContested);
    });

    [Fact]
    public void TryWriteAsync_ClashAfterClash_GivesUpAfterFiveTries() => Run(async (sim, discovery, key) =>
    {
        var always = new ClashingDiscovery();
        var writer = new EntryWriter(key, always, sim.Time);
        await Assert.ThrowsAsync<ServiceException>(() => writer.TryWriteAsync(Content, CancellationToken.None));
        Assert.Equal(5, always.Posts);
        Assert.Null(writer.Last);
        Assert.Equal(1.5, sim.Time.Elapsed.TotalSeconds, 3);
        Assert.Empty(discovery.Posts);
    });

    [Fact]
    public void TryWriteAsync_NothingToSay_WritesNothing() => Run(async (sim, discovery, key) =>
    {
        var writer = new EntryWriter(key, discovery, sim.Time);
        Assert.False(await writer.TryWriteAsync(() => null, CancellationToken.None));
        await writer.DeleteAsync(CancellationToken.None);
        Assert.Empty(discovery.Posts);
    });

    private static DmsgEntry Content() => new() { DelegatedServers = [], ClientType = "visor" };

    private static DmsgEntry Old(SimulationRun sim, SecKey key, ulong sequence, TimeSpan age) =>
        (Content() with { Static = key.PublicKey, Sequence = sequence, Timestamp = sim.Time.UnixNanoseconds() - (age.Ticks * 100) }).Sign(key);

    private static void Run(Func<SimulationRun, CountingDiscovery, SecKey, Task> body) => SimulationRun.Execute(1, async sim =>
    {
        using var key = SecKey.Generate(sim.Entropy.For("key"));
        await body(sim, new CountingDiscovery(new MemoryDmsgDiscovery()), key);
    });

    private sealed class ClashingDiscovery : IDmsgDiscovery
    {
        public int Posts { get; private set; }

        public Task<DmsgEntry?> GetEntryAsync(PubKey key, CancellationToken cancellationToken) => Task.FromResult<DmsgEntry?>(null);

        public Task<IReadOnlyList<DmsgEntry>> GetAvailableServersAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DmsgEntry>>([]);

        public Task<IReadOnlyList<DmsgEntry>> GetAllServersAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DmsgEntry>>([]);

        public Task PostEntryAsync(DmsgEntry entry, CancellationToken cancellationToken)
        {
            Posts++;
            return Task.FromException(new ServiceException("dmsg discovery", 422, "entry validation error: sequence field of new entry is not sequence of old entry + 1"));
        }

        public Task DeleteEntryAsync(DmsgEntry entry, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
