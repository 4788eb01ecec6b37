using System.Text;
using Skywire.Testing;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Plan;

public sealed class DecisionTableTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Vectors.Folder, "..", ".."));
    private static readonly IReadOnlyList<RadioRecord> Chips = RadioData.Load(Path.Combine(Root, "board-support", "radios"));

    [Fact]
    public void Load_RecordedChips_AreAllThereWithTheirSource()
    {
        Assert.Equal(["ath9k_htc", "brcmfmac43430", "brcmfmac43455", "hwsim", "mt76x2u", "rt2800usb", "rtl8723bs"], Chips.Select(c => c.Chip).Order(StringComparer.Ordinal));
        Assert.All(Chips, c => Assert.StartsWith("Linux drivers/", c.Source, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rtl8723bs", LinkMode.TreeStation)]
    [InlineData("brcmfmac43430", LinkMode.Tree)]
    [InlineData("brcmfmac43455", LinkMode.Tree)]
    [InlineData("ath9k_htc", LinkMode.Mesh)]
    [InlineData("mt76x2u", LinkMode.Mesh)]
    [InlineData("rt2800usb", LinkMode.Mesh)]
    [InlineData("hwsim", LinkMode.Mesh)]
    public void Plan_RecordedChip_HasItsBestMode(string chip, LinkMode mode)
    {
        foreach (var country in (string[])["DE", "US", "00"])
        {
            var plan = WifiPlanner.Plan([Chips.Single(c => c.Chip == chip).Facts(country, 0)], Air.SimAir.Wishes, [])[0];
            Assert.Equal((RadioRole.Backhaul, mode, 2437), (plan.Role, plan.Mode, plan.Frequency));
        }
    }

    [Fact]
    public void Facts_UnderCountries_OpenWhatTheirRulesOpen()
    {
        var chip = Chips.Single(c => c.Chip == "hwsim");
        Assert.Equal([1, 11, 13, 36, 48, 149, 165], Ends(chip.Facts("DE", 0)).Where(n => n is 1 or 11 or 13 or 36 or 48 or 149 or 165));
        Assert.Equal(11, Ends(chip.Facts("00", 0)).Max());
        Assert.DoesNotContain(12, Ends(chip.Facts("US", 0)));
        Assert.DoesNotContain(52, Ends(chip.Facts("US", 0)));
    }

    [Fact]
    public void Parse_UnknownKeyOrNoJson_NamesTheFile()
    {
        Assert.Contains("x.json", Assert.Throws<InvalidDataException>(() => RadioData.Parse("{\"chip\":"u8, "x.json")).Message, StringComparison.Ordinal);
        var good = File.ReadAllText(Path.Combine(Root, "board-support", "radios", "hwsim.json"));
        Assert.Throws<InvalidDataException>(() => RadioData.Parse(Encoding.UTF8.GetBytes(good.Replace("\"chip\"", "\"ship\"", StringComparison.Ordinal)), "x.json"));
        Assert.Throws<InvalidDataException>(() => RadioData.Parse(Encoding.UTF8.GetBytes(good.Replace("\"station\"", "\"stetion\"", StringComparison.Ordinal)), "x.json"));
    }

    [Fact]
    public void Markdown_DocsWifi_HoldsTheTableAsItIs()
    {
        var docs = File.ReadAllText(Path.Combine(Root, "docs", "wifi.md"));
        var begin = docs.IndexOf(DecisionTable.Begin, StringComparison.Ordinal) + DecisionTable.Begin.Length + 1;
        var table = DecisionTable.Markdown(Chips);
        Assert.True(table == docs[begin..docs.IndexOf(DecisionTable.End, StringComparison.Ordinal)], "docs/wifi.md has another table; the planner's is:\n" + table);
    }

    private static IEnumerable<int> Ends(RadioFacts facts) => facts.Bands.SelectMany(b => b.Channels).Where(c => c.IsOpen).Select(c => c.Number);
}
