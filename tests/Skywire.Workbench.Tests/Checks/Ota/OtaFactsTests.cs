using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class OtaFactsTests
{
    private const string Output = """
        -- slot
        B
        -- release
        {
          "version": "0.1.0-291.good",
          "image": "universal"
        }
        -- identity
        /data/ssh/ssh_host_ed25519_key 00112233445566aa
        /data/skywire/visor.key ffeeddccbbaa9988
        -- history
        {"at":"2026-11-21T18:33:52+00:00","event":"installed","version":"0.1.0-291.good","from_version":"0.1.0-290.gabc","slot":"B","code":"","reason":"","trial":"0.1.0-291.good 2026-11-21T18:33:40.0000000+00:00"}
        {"at":"2026-11-21T18:35:00+00:00","event":"good","version":"0.1.0-291.good","slot":"B","code":"","reason":"","trial":"0.1.0-291.good 2026-11-21T18:33:40.0000000+00:00"}
        {"at":"2026-11-21T18:3
        -- trial
        -- client
        {"schema":1,"failed":[{"version":"0.1.0-292.panics","reason":"its tries ran out"}],"last_check":null}
        -- status
        {"phase":"idle","bytes_fetched":1234,"bytes_from_slot":99,"retries":3}
        -- links
        {"state":"linked","transports_up":2}
        -- visor
        active
        -- tries
        BOOT_ORDER=B A
        BOOT_B_LEFT=3
        -- written
          100 0 2000 0 50 0 4000 0 0 0 0
        -- end
        """;

    [Fact]
    public void Parse_WholeOutput_IsRead()
    {
        var facts = OtaFacts.Parse(Output);
        Assert.Equal(("B", "0.1.0-291.good", "active", "idle", ""), (facts.Slot, facts.Version, facts.VisorState, facts.Phase, facts.Trial));
        Assert.Equal("ffeeddccbbaa9988", facts.Identity["/data/skywire/visor.key"]);
        Assert.Equal(["installed", "good"], facts.History.Select(e => e.Event));
        Assert.Equal(TimeSpan.FromSeconds(12), facts.History[0].At - facts.History[0].Begun);
        Assert.Equal(["0.1.0-292.panics"], facts.Failed);
        Assert.Equal(("B A", "3"), (facts.Tries["BOOT_ORDER"], facts.Tries["BOOT_B_LEFT"]));
        Assert.Equal((1234, 99, 3, 4000 * 512), (facts.BytesFetched, facts.BytesFromSlot, facts.Retries, facts.WrittenBytes));
        Assert.Equal(2, facts.Links);
        Assert.True(facts.IsSettled);
    }

    [Fact]
    public void Parse_TrialUnderWay_IsNotSettled()
    {
        var facts = OtaFacts.Parse(Output.Replace("-- trial", "-- trial\n{\"slot\":\"B\",\"stage\":\"on_trial\"}", StringComparison.Ordinal));
        Assert.Equal("on_trial", facts.Trial);
        Assert.False(facts.IsSettled);
    }

    [Fact]
    public void Script_EachSection_BeginsOnALineOfItsOwn()
        => Assert.All(OtaFacts.Script.Split("; ").Where(c => c.Contains("-- ", StringComparison.Ordinal)), c => Assert.StartsWith("printf '\\n-- ", c, StringComparison.Ordinal));

    [Fact]
    public void Parse_CutAnywhere_DoesNotThrow()
    {
        for (var length = 0; length < Output.Length; length++)
        {
            _ = OtaFacts.Parse(Output[..length]);
        }
    }
}
