using Skywire.ImageBuild.Root;

namespace Skywire.ImageBuild.Tests;

public sealed class PathRulesTests
{
    [Theory]
    [InlineData("usr/share/doc/bash/changelog.gz", false)]
    [InlineData("usr/share/doc/bash/copyright", true)]
    [InlineData("usr/bin/bash", true)]
    [InlineData("usr/share/docs/x", true)]
    public void Keeps_LastMatchWins(string path, bool expected)
    {
        var rules = PathRules.Parse("f", ["# c", "- usr/share/doc/*", "+ usr/share/doc/*/copyright"]);
        Assert.Equal(expected, rules.Keeps(path));
    }

    [Theory]
    [InlineData("usr/share/doc")]
    [InlineData("* usr")]
    [InlineData("-")]
    public void Parse_LineWithoutSign_IsRefused(string line) => Assert.StartsWith("f:1:", Assert.Throws<ImageException>(() => PathRules.Parse("f", [line])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("usr/lib/firmware/rtlwifi/rtl8723bs_nic.bin", true)]
    [InlineData("usr/lib/firmware/ath10k/QCA988X/board.bin", false)]
    [InlineData("usr/share/man/man1/ls.1.gz", false)]
    [InlineData("usr/bin/ls", true)]
    public void CommittedTrimRules_KeepWhatBoardsLoad(string path, bool expected) =>
        Assert.Equal(expected, PathRules.Parse("trim.txt", File.ReadLines(Checkout.Tree.Input("trim.txt"))).Keeps(path));

    [Theory]
    [InlineData("drivers/net/ethernet/stmicro/stmmac/dwmac-sun8i.ko", true)]
    [InlineData("drivers/staging/rtl8723bs/r8723bs.ko", true)]
    [InlineData("drivers/net/wireless/virtual/mac80211_hwsim.ko", true)]
    [InlineData("drivers/gpio/gpio-sim.ko", true)]
    [InlineData("drivers/gpu/drm/amd/amdgpu/amdgpu.ko", false)]
    [InlineData("fs/xfs/xfs.ko", false)]
    public void CommittedModuleRules_KeepWhatBoardsLoad(string path, bool expected) =>
        Assert.Equal(expected, PathRules.Parse("modules.txt", File.ReadLines(Checkout.Tree.Input("modules.txt"))).Keeps(path));
}
