using Skywire.Crypto;
using Skywire.Testing;
using Xunit;

namespace Skywire.Discovery.Tests;

public sealed class MemoryDmsgDiscoveryTests : TestBase
{
    private readonly SecKey _key = SecKey.Generate(new SeededEntropy(11));
    private readonly MemoryDmsgDiscovery _discovery = new();

    [Fact]
    public async Task PostEntry_SequenceRules_AreThoseOfTheService()
    {
        var entry = new DmsgEntry { Static = _key.PublicKey, DelegatedServers = [], Sequence = 3, Timestamp = 50 }.Sign(_key);
        await _discovery.PostEntryAsync(entry, Deadline);
        var clash = await Assert.ThrowsAsync<ServiceException>(() => _discovery.PostEntryAsync(entry, Deadline));
        Assert.True(clash.IsSequenceClash);
        Assert.Equal(422, clash.Status);
        var older = await Assert.ThrowsAsync<ServiceException>(() => _discovery.PostEntryAsync((entry with { Sequence = 9, Timestamp = 49 }).Sign(_key), Deadline));
        Assert.False(older.IsSequenceClash);
        await _discovery.PostEntryAsync((entry with { Sequence = 9 }).Sign(_key), Deadline);
        Assert.Equal(9UL, (await _discovery.GetEntryAsync(_key.PublicKey, Deadline))!.Sequence);
    }

    [Fact]
    public async Task PostAndDelete_ForeignSignature_AreRefused()
    {
        var entry = new DmsgEntry { Static = _key.PublicKey, DelegatedServers = [] }.Sign(_key);
        Assert.Equal(401, (await Assert.ThrowsAsync<ServiceException>(() => _discovery.PostEntryAsync(entry with { Timestamp = 1 }, Deadline))).Status);
        await _discovery.PostEntryAsync(entry, Deadline);
        await Assert.ThrowsAsync<ServiceException>(() => _discovery.DeleteEntryAsync(entry with { Timestamp = 1 }, Deadline));
        await _discovery.DeleteEntryAsync(entry, Deadline);
        Assert.Null(await _discovery.GetEntryAsync(_key.PublicKey, Deadline));
    }

    [Fact]
    public async Task Servers_MostFreeFirstAndFullOnesOnlyAmongAll()
    {
        var entropy = new SeededEntropy(12);
        foreach (var free in new[] { 0, 2, 7 })
        {
            var key = SecKey.Generate(entropy);
            await _discovery.PostEntryAsync(new DmsgEntry { Static = key.PublicKey, Server = new DmsgServerInfo("a:1", free) }.Sign(key), Deadline);
        }

        Assert.Equal([7, 2], (await _discovery.GetAvailableServersAsync(Deadline)).Select(e => e.Server!.AvailableSessions));
        Assert.Equal(3, (await _discovery.GetAllServersAsync(Deadline)).Count);
    }
}
