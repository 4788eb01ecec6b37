using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Testing;
using Skywire.Visor.Box;

namespace Skywire.Visor.Tests.Box;

public sealed class PairedClientsTests : TestBase
{
    [Fact]
    public async Task PostEntryAsync_OneIsAway_TheOtherIsToldAndTheFailureShows()
    {
        foreach (var namedIsAway in new[] { true, false })
        {
            var (named, box) = (new Directory { IsAway = namedIsAway }, new Directory { IsAway = !namedIsAway });
            var pair = new PairedDmsgDiscovery(named, box);
            Assert.True((await Assert.ThrowsAsync<ServiceException>(() => pair.PostEntryAsync(new DmsgEntry { Static = TestKeys.A }, Deadline))).IsPartial);
            Assert.Equal(1, named.Posts);
            Assert.Equal(1, box.Posts);
        }
    }

    [Fact]
    public async Task GetEntryAsync_BothKnow_TheHigherSequenceCounts()
    {
        var (named, box) = (new Directory { Entry = new DmsgEntry { Static = TestKeys.A, Sequence = 4 } }, new Directory { Entry = new DmsgEntry { Static = TestKeys.A, Sequence = 9 } });
        Assert.Equal(9UL, (await new PairedDmsgDiscovery(named, box).GetEntryAsync(TestKeys.A, Deadline))!.Sequence);
        Assert.Equal(9UL, (await new PairedDmsgDiscovery(box, named).GetEntryAsync(TestKeys.A, Deadline))!.Sequence);
        box.IsAway = true;
        Assert.Equal(4UL, (await new PairedDmsgDiscovery(named, box).GetEntryAsync(TestKeys.A, Deadline))!.Sequence);
        named.IsAway = true;
        await Assert.ThrowsAsync<ServiceException>(() => new PairedDmsgDiscovery(named, box).GetEntryAsync(TestKeys.A, Deadline));
    }

    [Fact]
    public async Task FindRoutesAsync_Member_AsksTheBoxFirstAndTheOtherWhenItKnowsNone()
    {
        var found = new FoundRoutes([], []);
        var (named, box) = (new Finder { Found = found }, new Finder());
        var pair = new PairedRouteFinder(named, box, k => k == TestKeys.B);
        Assert.Same(found, await pair.FindRoutesAsync(TestKeys.A, TestKeys.B, 1, 5, Deadline));
        Assert.Equal((1, 1), (box.Asked, named.Asked));
        Assert.Same(found, await pair.FindRoutesAsync(TestKeys.A, TestKeys.C, 1, 5, Deadline));
        Assert.Equal((1, 2), (box.Asked, named.Asked));
        named.IsAway = true;
        Assert.Null(await pair.FindRoutesAsync(TestKeys.A, TestKeys.C, 1, 5, Deadline));
        Assert.Equal((2, 3), (box.Asked, named.Asked));
    }

    [Fact]
    public async Task ResolveAsync_Member_IsDialledWhereItsBeaconsComeFrom()
    {
        var member = new BoxMember(TestKeys.B, "b", [System.Net.IPAddress.Parse("fe80::9%3"), System.Net.IPAddress.Parse("10.0.0.9")], 7777, BoxDuty.None, false, 0, 1, default, default);
        var resolver = new Resolver();
        var book = new BoxAddressBook(k => k == TestKeys.B ? member : null, null, resolver);
        var known = await book.ResolveAsync("stcpr", TestKeys.B, Deadline);
        Assert.Equal(("[fe80::9%3]:7777", true, "7777"), (known!.RemoteAddress, known.IsLocal, known.Port));
        Assert.Equal(["fe80::9%3", "10.0.0.9"], known.Addresses);
        Assert.Null(await book.ResolveAsync("stcpr", TestKeys.C, Deadline));
        Assert.Equal([TestKeys.C], resolver.Asked);
    }

    private static ServiceException Away() => new("service", 0, "away");

    private sealed class Directory : IDmsgDiscovery
    {
        public bool IsAway { get; set; }

        public DmsgEntry? Entry { get; init; }

        public int Posts { get; private set; }

        public async Task<DmsgEntry?> GetEntryAsync(PubKey key, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return IsAway ? throw Away() : Entry;
        }

        public Task<IReadOnlyList<DmsgEntry>> GetAvailableServersAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<DmsgEntry>> GetAllServersAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public async Task PostEntryAsync(DmsgEntry entry, CancellationToken cancellationToken)
        {
            Posts++;
            await Task.Yield();
            if (IsAway)
            {
                throw Away();
            }
        }

        public Task DeleteEntryAsync(DmsgEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Finder : IRouteFinder
    {
        public FoundRoutes? Found { get; init; }

        public bool IsAway { get; set; }

        public int Asked { get; private set; }

        public Task<FoundRoutes?> FindRoutesAsync(PubKey source, PubKey destination, int minHops, int maxHops, CancellationToken cancellationToken)
        {
            Asked++;
            return IsAway ? Task.FromException<FoundRoutes?>(Away()) : Task.FromResult(Found);
        }
    }

    private sealed class Resolver : IAddressResolver
    {
        public List<PubKey> Asked { get; } = [];

        public Task BindStcprAsync(int port, IReadOnlyList<string> addresses, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task UnbindStcprAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ResolvedAddress?> ResolveAsync(string type, PubKey key, CancellationToken cancellationToken)
        {
            Asked.Add(key);
            return Task.FromResult<ResolvedAddress?>(null);
        }
    }
}
