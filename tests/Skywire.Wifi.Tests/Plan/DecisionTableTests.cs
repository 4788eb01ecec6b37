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
        Assert.All(Chips, c => Assert.StartsWith("Linux ", c.Source, StringComparison.Ordinal));
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

    [Theory]
    [InlineData("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]", "[1, 0]", "there is no channel 0")]
    [InlineData("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]", "[2147483647]", "there is no channel 2147483647")]
    [InlineData("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]", "null", "x.json")]
    [InlineData("\"2.4 GHz\"", "\"6 GHz\"", "there is no band \"6 GHz\"; bands are 2.4 GHz and 5 GHz")]
    [InlineData("\"bands\": [", "\"bands\": [null,", "a band is empty")]
    [InlineData("\"combinations\": [", "\"combinations\": [null,", "a combination is empty")]
    [InlineData("\"limits\": [", "\"limits\": [null,", "a combination is empty")]
    [InlineData("\"driver\": \"mac80211_hwsim\"", "\"driver\": null", "x.json")]
    public void Parse_RecordThatCannotBe_SaysWhy(string good, string bad, string cause)
    {
        var text = File.ReadAllText(Path.Combine(Root, "board-support", "radios", "hwsim.json"));
        Assert.Contains(good, text, StringComparison.Ordinal);
        Assert.Contains(cause, Assert.Throws<InvalidDataException>(() => RadioData.Parse(Encoding.UTF8.GetBytes(text.Replace(good, bad, StringComparison.Ordinal)), "x.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_WhatTheKernelSays_IsTheRecordAgain()
    {
        foreach (var chip in Chips)
        {
            var text = RadioData.Format(RadioRecord.Of(chip.Facts("DE", 3), chip.Chip, chip.Source));
            Assert.Equal(RadioData.Format(chip), text);
            Assert.Equal(text, RadioData.Format(RadioData.Parse(Encoding.UTF8.GetBytes(text), "again")));
        }
    }

    [Fact]
    public void Of_ChannelsNobodyPlansWith_AreLeftOut()
    {
        var facts = Chips.Single(c => c.Chip == "hwsim").Facts("DE", 0);
        // 4.9 GHz of Japan, with numbers of its own; 6 GHz, whose numbers begin again.
        RadioBand five = facts.Bands[1] with { Channels = [new() { Number = 184, Frequency = 4920 }, new() { Number = 8, Frequency = 5040 }, .. facts.Bands[1].Channels] };
        RadioBand six = new("6 GHz", false, false, [new() { Number = 5, Frequency = 5975 }]);
        Assert.Equal(
            RadioData.Format(RadioRecord.Of(facts, "hwsim", "")),
            RadioData.Format(RadioRecord.Of(facts with { Types = facts.Types | (InterfaceTypes)(1 << 4), Bands = [facts.Bands[0], five, six] }, "hwsim", "")));
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
