namespace Skywire.Workbench.Tests.Flashing;

public sealed class TargetRulesTests
{
    private static readonly BlockDevice Card = new() { Name = "sdb", Size = 16_000_000_000, Vendor = "Generic-", Model = "SD/MMC", Transport = DiskTransport.Usb, HasRemovableMedium = true };
    private static readonly DiskUse Mounted = new("sdb1 is mounted at /media/me/BOOT", "umount '/media/me/BOOT'", IsSystem: false);
    private static readonly DiskUse Root = new("sdb2 is mounted at /", "", IsSystem: true);

    [Fact]
    public void Judge_CardInReader_IsAllowed() => Assert.Null(TargetRules.Judge(Card, 1_000_000_000, forceFixed: false));

    [Fact]
    public void Judge_ExactlyAsLarge_IsAllowed() => Assert.Null(TargetRules.Judge(Card, Card.Size, forceFixed: false));

    [Fact]
    public void Judge_OneByteTooSmall_SaysBothSizes()
    {
        var refusal = TargetRules.Judge(Card, Card.Size + 1, forceFixed: false)!;
        Assert.Equal("too_small", refusal.Code);
        Assert.Contains("16.0 GB", refusal.Reason, StringComparison.Ordinal);
        Assert.Contains("larger card", refusal.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_Mounted_NamesTheMountAndHowToEndIt()
    {
        var refusal = TargetRules.Judge(Card with { Uses = [Mounted] }, null, forceFixed: true)!;
        Assert.Equal("in_use", refusal.Code);
        Assert.Contains("/media/me/BOOT", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal("umount '/media/me/BOOT'", refusal.Remedy);
    }

    [Theory]
    [InlineData("Usb", true)]
    [InlineData("Nvme", false)]
    [InlineData("SdCard", false)]
    public void Judge_SystemDisk_IsRefusedWhateverIsAskedFor(string transport, bool removable)
    {
        foreach (var force in new[] { false, true })
        {
            Assert.Equal("system_disk", TargetRules.Judge(Card with { Uses = [Mounted, Root], Transport = Enum.Parse<DiskTransport>(transport), HasRemovableMedium = removable }, 1, force)?.Code);
        }
    }

    [Theory]
    [InlineData("Nvme")]
    [InlineData("Sata")]
    [InlineData("Virtio")]
    [InlineData("Loop")]
    [InlineData("Emmc")]
    [InlineData("Other")]
    public void Judge_FixedDisk_NeedsForce(string transport)
    {
        var disk = Card with { Transport = Enum.Parse<DiskTransport>(transport), HasRemovableMedium = false };
        var refusal = TargetRules.Judge(disk, 1, forceFixed: false)!;
        Assert.Equal("not_removable", refusal.Code);
        Assert.Contains("--force-fixed", refusal.Remedy, StringComparison.Ordinal);
        Assert.Null(TargetRules.Judge(disk, 1, forceFixed: true));
    }

    [Theory]
    [InlineData("partition")]
    [InlineData("not_a_disk")]
    [InlineData("no_medium")]
    [InlineData("read_only")]
    [InlineData("virtual")]
    public void Judge_Unfit_IsRefusedEvenWithForce(string code)
    {
        var disk = code switch
        {
            "partition" => Card with { Name = "sdb1", PartitionOf = "sdb" },
            "not_a_disk" => Card with { Name = "sr0", IsDisk = false },
            "no_medium" => Card with { Size = 0 },
            "read_only" => Card with { IsReadOnly = true },
            _ => Card with { Name = "dm-0", Transport = DiskTransport.Virtual },
        };
        var refusal = TargetRules.Judge(disk, 1, forceFixed: true)!;
        Assert.Equal(code, refusal.Code);
        Assert.NotEmpty(refusal.Remedy);
    }

    [Fact]
    public void IsRemovable_SolderedFlash_IsNot() => Assert.False((Card with { Transport = DiskTransport.Emmc }).IsRemovable);
}
