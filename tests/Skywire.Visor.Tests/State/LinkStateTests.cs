using Skywire.Testing;
using Skywire.Visor.State;

namespace Skywire.Visor.Tests.State;

public sealed class LinkStateTests
{
    private static readonly LinkFacts Up = new() { Started = true, DmsgUsed = true, DmsgReady = true, DmsgSessions = 2, TransportsUp = 1 };
    private readonly VirtualTime _time = new();

    public static TheoryData<string, string, string> Cases => new()
    {
        { nameof(LinkLevel.Booting), "", "starting" },
        { nameof(LinkLevel.NoLink), "started", "no transport is up" },
        { nameof(LinkLevel.NoLink), "started dmsg", "no transport is up; dmsg: no server answers" },
        { nameof(LinkLevel.Linked), "started dmsg ready sessions", "2 dmsg sessions, no transport yet" },
        { nameof(LinkLevel.Linked), "started dmsg transport", "1 transport up; dmsg: no server answers" },
        { nameof(LinkLevel.Joined), "started transport", "1 transport up" },
        { nameof(LinkLevel.Joined), "started dmsg ready sessions transport", "1 transport up" },
        { nameof(LinkLevel.Attention), "started transport attention", "disk is full" },
        { nameof(LinkLevel.Booting), "attention", "starting" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Update_Facts_GiveLevelAndReason(string level, string facts, string reason)
    {
        var state = new LinkState(_time);
        state.Update(new LinkFacts
        {
            Started = facts.Contains("started", StringComparison.Ordinal),
            DmsgUsed = facts.Contains("dmsg", StringComparison.Ordinal),
            DmsgReady = facts.Contains("ready", StringComparison.Ordinal),
            DmsgReason = facts.Contains("ready", StringComparison.Ordinal) ? "" : "no server answers",
            DmsgSessions = facts.Contains("sessions", StringComparison.Ordinal) ? 2 : 0,
            TransportsUp = facts.Contains("transport", StringComparison.Ordinal) ? 1 : 0,
            Attention = facts.Contains("attention", StringComparison.Ordinal) ? "disk is full" : "",
        });
        Assert.Equal(level, state.Level.ToString());
        Assert.Equal(reason, state.Reason);
    }

    [Fact]
    public void Update_RouteBytesGrow_IsTrafficUntilTheHoldEnds()
    {
        var state = new LinkState(_time);
        state.Update(Up);
        Assert.Equal(LinkLevel.Joined, state.Level);
        Assert.True(state.Update(Up with { RouteBytes = 100 }));
        Assert.Equal(LinkLevel.Traffic, state.Level);
        _time.Advance(LinkState.TrafficHold);
        Assert.False(state.Update(Up with { RouteBytes = 100 }));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(state.Update(Up with { RouteBytes = 100 }));
        Assert.Equal(LinkLevel.Joined, state.Level);
    }

    [Fact]
    public void Update_LinkLostForLong_NeedsAttentionUntilItIsBack()
    {
        var state = new LinkState(_time);
        state.Update(Up);
        var down = Up with { TransportsUp = 0, DmsgSessions = 0, DmsgReady = false };
        state.Update(down);
        Assert.Equal(LinkLevel.NoLink, state.Level);
        _time.Advance(LinkState.LostLinkPatience + TimeSpan.FromSeconds(1));
        state.Update(down);
        Assert.Equal(LinkLevel.Attention, state.Level);
        state.Update(Up);
        Assert.Equal(LinkLevel.Joined, state.Level);
        state.Update(down);
        Assert.Equal(LinkLevel.NoLink, state.Level);
    }

    [Fact]
    public void WordOf_EveryLevel_IsDistinct()
        => Assert.Equal(["booting", "no_link", "linked", "joined", "traffic", "attention"], Enum.GetValues<LinkLevel>().Select(LinkState.WordOf));
}
