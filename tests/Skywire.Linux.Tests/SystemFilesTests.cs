using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Skywire.Testing;

namespace Skywire.Linux.Tests;

public sealed class SystemFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DeviceTree_Properties_AreTextsEndedByZero()
    {
        _folder.Write("compatible", "xunlong,orangepi-prime\0allwinner,sun50i-h5\0");
        _folder.Write("model", "Xunlong Orange Pi Prime\0");
        var tree = new DeviceTree(_folder.Path);
        Assert.Equal(["xunlong,orangepi-prime", "allwinner,sun50i-h5"], tree.Compatible);
        Assert.Equal("Xunlong Orange Pi Prime", tree.Model);
    }

    [Fact]
    public void DeviceTree_None_IsEmpty()
    {
        var tree = new DeviceTree(_folder.File("none"));
        Assert.Empty(tree.Compatible);
        Assert.Equal("", tree.Model);
    }

    [Theory]
    [InlineData("1795271000\n", 1795271000L)]
    [InlineData("0\n", 0L)]
    [InlineData("none", null)]
    [InlineData("99999999999999999", null)]
    public void HardwareClock_Read_GivesItsTime(string text, long? seconds)
    {
        _folder.Write("rtc0/since_epoch", text);
        Assert.Equal(seconds is { } s ? DateTimeOffset.FromUnixTimeSeconds(s) : null, HardwareClock.Read(_folder.Path));
    }

    [Fact]
    public void HardwareClock_FirstUnreadable_TakesTheNext()
    {
        Directory.CreateDirectory(_folder.File("rtc0"));
        _folder.Write("rtc1/since_epoch", "1700000000\n");
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), HardwareClock.Read(_folder.Path));
    }

    [Theory]
    [InlineData("36 26 254:1 / /boot/firmware ro,noatime shared:15 - vfat /dev/vda1 rw,umask=0022", "/boot/firmware", true)]
    [InlineData("37 26 254:4 / /data rw,noatime shared:16 - ext4 /dev/vda4 rw", "/data", false)]
    [InlineData("38 26 254:4 / /with\\040blank rw,errors=remount-ro shared:16 - ext4 /dev/vda4 ro", "/with blank", false)]
    public void MountTable_Parse_GivesPointAndMode(string line, string point, bool readOnly) => Assert.Equal(new MountEntry(point, readOnly), MountTable.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("1 2 3 4 5")]
    public void MountTable_Parse_NoMountLine_IsNull(string line) => Assert.Null(MountTable.Parse(line));

    [Fact]
    public void MountTable_Find_TakesTheTopmost()
    {
        var table = _folder.Write("mountinfo", "1 0 8:1 / /x ro - ext4 a ro\n2 1 8:2 / /x rw - ext4 b rw\n3 1 8:2 / /xy ro - ext4 b rw\n");
        Assert.Equal(new MountEntry("/x", false), MountTable.Find("/x/", table));
        Assert.Null(MountTable.Find("/y", table));
    }

    [Fact]
    public void MountTable_WithWriting_NoMount_JustWrites()
    {
        MountTable.WithWriting(_folder.Path, () => _folder.Write("f", "x"));
        Assert.Equal("x", _folder.Read("f"));
    }

    [Fact]
    public void FileOwner_Of_NamesThisUser()
    {
        var file = _folder.Write("f", "");
        var owner = FileOwner.Of(file);
        Assert.Equal(FileOwner.Of(_folder.Path).User, owner.User);
        owner.Take(file);
        Assert.Throws<IOException>(() => FileOwner.Of(_folder.File("none")));
    }

    [Fact]
    public void FileOwner_FindGroup_ReadsTheGroupFile()
    {
        var file = _folder.Write("group", "root:x:0:\nskyminer-board:x:990:\nbroken\nskyminer:x:notanumber:\n");
        Assert.Equal(990u, FileOwner.FindGroup("skyminer-board", file));
        Assert.Null(FileOwner.FindGroup("skyminer", file));
        Assert.Null(FileOwner.FindGroup("other", file));
        Assert.Null(FileOwner.FindGroup("root", _folder.File("none")));
    }

    [Fact]
    public void InputKey_Find_GoesByName()
    {
        _folder.Write("event0/device/name", "Power Button\n");
        _folder.Write("event1/device/name", "r-gpio-keys\n");
        Assert.Equal("/dev/input/event1", InputKey.Find("r-gpio-keys", _folder.Path));
        Assert.Null(InputKey.Find("other", _folder.Path));
    }

    [Fact]
    public void InputKey_Last_HearsOnlyItsKeyAndNoRepeats()
    {
        Assert.True(InputKey.Last([.. Event(1, 256, 1), .. Event(0, 0, 0)], 256));
        Assert.False(InputKey.Last([.. Event(1, 256, 1), .. Event(1, 256, 0)], 256));
        Assert.Null(InputKey.Last(Event(1, 256, 2), 256));
        Assert.Null(InputKey.Last(Event(1, 257, 1), 256));
        Assert.Null(InputKey.Last(Event(1, 256, 1).AsSpan(0, 23), 256));
    }

    // The kernel checks sizes by the request numbers: a structure of another size would ask for another request.
    [Fact]
    public void GpioUapi_Structures_HaveTheKernelsSizes()
    {
        Assert.Equal(68, Unsafe.SizeOf<GpioUapi.ChipInfo>());
        Assert.Equal(272, Unsafe.SizeOf<GpioUapi.LineConfig>());
        Assert.Equal(592, Unsafe.SizeOf<GpioUapi.LineRequest>());
        Assert.Equal(16, Unsafe.SizeOf<GpioUapi.LineValues>());
        Assert.Equal(68u, (GpioUapi.GetChipInfo >> 16) & 0x3FFF);
        Assert.Equal(592u, (GpioUapi.GetLine >> 16) & 0x3FFF);
        Assert.Equal(16u, (GpioUapi.GetValues >> 16) & 0x3FFF);
    }

    [Fact]
    public void SystemClock_Set_WithoutRight_SaysWhy()
    {
        // Asking is everybody's right; the answer is this machine's.
        _ = SystemClock.IsSynchronized;
        Assert.Throws<IOException>(() => SystemClock.Set(new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    private static byte[] Event(ushort type, ushort code, int value)
    {
        var bytes = new byte[InputKey.EventSize];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16), type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), code);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), value);
        return bytes;
    }
}
