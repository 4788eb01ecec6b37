using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Tests.Emulation;

public sealed class BoardFactsTests
{
    private const string Output = """
        -- failed
        nftables.service
        -- system
        degraded
        -- visor
        MainPID=612
        NRestarts=1
        ActiveState=active
        ActiveEnterTimestampMonotonic=21500000
        -- rss
        VmRSS:	   90000 kB
        -- memory
        MemTotal:        1000000 kB
        MemAvailable:     800000 kB
        -- disk
         2991048   1484
        -- startup
        KernelTimestampMonotonic=0
        UserspaceTimestampMonotonic=4000000
        FinishTimestampMonotonic=30000000
        -- states
        [   12.345678] skywire[500]: info board[7041] the board shows booting: waiting for the visor
        [   25.000000] skywire[500]: info board[7041] the board shows joined: 1 transport up
        -- end
        """;

    [Fact]
    public void Parse_WholeOutput_HasEveryFact()
    {
        var facts = BoardFacts.Parse(Output);
        Assert.Equal(["nftables.service"], facts.FailedUnits);
        Assert.Equal(("degraded", "active", 1), (facts.System, facts.VisorState, facts.VisorRestarts));
        Assert.Equal((21.5, 30.0), (facts.VisorUpAt, facts.StartedAt));
        Assert.Equal(92.2, facts.VisorRssMb);
        Assert.Equal(204.8, facts.MemoryUsedMb);
        Assert.Equal(3062.8, facts.DataMb);
        Assert.Equal([new(12.345678, "booting", "waiting for the visor"), new(25, "joined", "1 transport up")], facts.States);
    }

    [Fact]
    public void Parse_NothingFailedAndNotUpYet_IsEmptyAndNull()
    {
        var facts = BoardFacts.Parse("-- failed\n-- visor\nActiveState=activating\nActiveEnterTimestampMonotonic=0\n-- end\n");
        Assert.Empty(facts.FailedUnits);
        Assert.Null(facts.VisorUpAt);
        Assert.Null(facts.VisorRssMb);
        Assert.Equal("activating", facts.VisorState);
    }
}
