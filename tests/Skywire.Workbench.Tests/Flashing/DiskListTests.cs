namespace Skywire.Workbench.Tests.Flashing;

public sealed class DiskListTests : IDisposable
{
    // Recorded under emulation: virtio system disk, SATA, NVMe with swap, a stick with the removable flag, a USB disk without, an SD card, a USB CD drive.
    private const string Usb = "devices/platform/4010000000.pcie/pci0000:00/0000:00:03.0/usb2";
    private const string Stick = Usb + "/2-1/2-1:1.0/host0/target0:0:0/0:0:0:0/block/sda";
    private const string UsbDisk = Usb + "/2-2/2-2:1.0/host1/target1:0:0/1:0:0:0/block/sdb";
    private const string SdHost = "devices/platform/4010000000.pcie/pci0000:00/0000:00:04.0/mmc_host/mmc0/mmc0:4567";
    private readonly List<RecordedMachine> _machines = [];

    public void Dispose() => _machines.ForEach(m => m.Dispose());

    [Fact]
    public void Candidates_Recorded_AreCardAndUsbDiskOnly()
    {
        var candidates = Machine().Disks.Candidates();
        Assert.Equal(["mmcblk0", "sdb"], candidates.Select(d => d.Name));
        Assert.Equal([DiskTransport.SdCard, DiskTransport.Usb], candidates.Select(d => d.Transport));
        Assert.Equal(["QEMU!", "QEMU QEMU HARDDISK"], candidates.Select(d => d.Title));
        Assert.Equal([2L << 30, 8L << 30], candidates.Select(d => d.Size));
    }

    [Fact]
    public void OtherRemovable_MountedStick_IsNamedWithItsMount()
    {
        var stick = Assert.Single(Machine().Disks.OtherRemovable());
        Assert.Equal("sda", stick.Name);
        var use = Assert.Single(stick.Uses);
        Assert.Equal("sda1 is mounted at /mnt/with blank", use.Text);
        Assert.Equal("umount '/mnt/with blank'", use.Remedy);
        Assert.False(use.IsSystem);
    }

    [Fact]
    public void OtherRemovable_EmptyReader_IsListed()
    {
        var disks = Machine($"F {UsbDisk}/size 0").Disks;
        Assert.Equal(["mmcblk0"], disks.Candidates().Select(d => d.Name));
        Assert.Contains(disks.OtherRemovable(), d => d is { Name: "sdb", Size: 0 });
    }

    [Theory]
    [InlineData("vda", "Virtio")]
    [InlineData("sdc", "Sata")]
    [InlineData("nvme0n1", "Nvme")]
    [InlineData("sda", "Usb")]
    [InlineData("sr0", "Usb")]
    public void All_Recorded_TransportIsTheBus(string name, string transport) => Assert.Equal(transport, Machine().Disks.All().Single(d => d.Name == name).Transport.ToString());

    [Fact]
    public void All_CdDrive_IsNoDisk() => Assert.False(Machine().Disks.All().Single(d => d.Name == "sr0").IsDisk);

    [Fact]
    public void All_SwapOnNvme_MakesItASystemDisk() => Assert.True(Machine().Disks.All().Single(d => d.Name == "nvme0n1").IsSystem);

    [Fact]
    public void Find_RootOnStick_IsASystemDisk()
    {
        // A board or a live system runs from the very kind of medium that is written here.
        var disk = Machine("P self/mountinfo 40 2 8:2 / / rw - ext4 /dev/root rw").Disks.Find("/dev/sda")!;
        Assert.Equal("system_disk", TargetRules.Judge(disk, 1, forceFixed: true)?.Code);
    }

    [Fact]
    public void Find_FilesystemWithoutOwnNumber_IsSeenByItsSource()
    {
        // btrfs shows anonymous device numbers.
        var disk = Machine("P self/mountinfo 41 2 0:42 /@ /srv rw - btrfs /dev/sdb2 rw").Disks.Find("/dev/sdb")!;
        Assert.Equal("sdb2 is mounted at /srv", Assert.Single(disk.Uses).Text);
    }

    [Fact]
    public void Find_RootOnEncryptedPartition_IsSeenThroughTheMapping()
    {
        var disk = Machine(
            $"L {UsbDisk}/sdb2/holders/dm-0 ../../../../../../../../../../../../virtual/block/dm-0",
            "F block/dm-0/dev 252:0",
            "F block/dm-0/dm/name luks-home",
            "P self/mountinfo 42 2 252:0 / / rw - ext4 /dev/mapper/luks-home rw").Disks.Find("/dev/sdb")!;
        Assert.True(disk.IsSystem);
        Assert.Equal("sdb2 > dm-0 is mounted at /", Assert.Single(disk.Uses).Text);
    }

    [Fact]
    public void Find_PartOfAnArrayNotMounted_IsInUse()
    {
        var disk = Machine($"L {UsbDisk}/sdb1/holders/md127 x", "F block/md127/dev 9:127").Disks.Find("/dev/sdb")!;
        Assert.Equal("sdb1 is part of md127", Assert.Single(disk.Uses).Text);
        Assert.Equal("in_use", TargetRules.Judge(disk, 1, forceFixed: true)?.Code);
    }

    [Fact]
    public void Find_Partition_SaysItsDisk()
    {
        var partition = Machine().Disks.Find("/dev/mmcblk0p2")!;
        Assert.Equal("mmcblk0", partition.PartitionOf);
        Assert.Equal("partition", TargetRules.Judge(partition, 1, forceFixed: true)?.Code);
    }

    [Fact]
    public void Find_LinkById_IsFollowed()
    {
        var machine = Machine();
        machine.Link("disk/by-id/usb-QEMU_QEMU_HARDDISK-0:0", "sdb");
        Assert.Equal("sdb", machine.Disks.Find("/dev/disk/by-id/usb-QEMU_QEMU_HARDDISK-0:0")?.Name);
    }

    [Theory]
    [InlineData("/dev/sdz")]
    [InlineData("/dev/null")]
    [InlineData("/etc/passwd")]
    public void Find_NoDisk_IsNull(string path) => Assert.Null(Machine().Disks.Find(path));

    [Fact]
    public void Find_SolderedFlash_NeedsForce()
    {
        var disk = Machine($"F {SdHost}/type MMC").Disks.Find("/dev/mmcblk0")!;
        Assert.Equal("not_removable", TargetRules.Judge(disk, 1, forceFixed: false)?.Code);
    }

    [Fact]
    public void Find_LockedStick_IsReadOnly() => Assert.True(Machine($"F {Stick}/ro 1").Disks.Find("/dev/sda")!.IsReadOnly);

    [Fact]
    public void All_ThisMachine_HasNoCandidateThatIsTheRoot() => Assert.DoesNotContain(new DiskList(KernelFiles.Live).Candidates(), d => d.IsSystem || d.Uses.Count > 0);

    private RecordedMachine Machine(params string[] more)
    {
        var machine = RecordedMachine.Load("usb-sd-nvme", more);
        _machines.Add(machine);
        return machine;
    }
}
