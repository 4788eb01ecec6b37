using System.Buffers.Binary;
using System.Text;
using Skywire.ImageBuild.Boot;

namespace Skywire.ImageBuild.Tests;

public sealed class SlotStateTests
{
    [Fact]
    public void Encode_Fresh_IsUBootsBlock()
    {
        var block = SlotState.Fresh.Encode();
        Assert.Equal(SlotState.Size, block.Length);
        Assert.Equal("BOOT_ORDER=A B\0BOOT_A_LEFT=3\0BOOT_B_LEFT=0\0\0", Encoding.ASCII.GetString(block, 4, 44));
        Assert.Equal(ReferenceCrc(block.AsSpan(4)), BinaryPrimitives.ReadUInt32LittleEndian(block));
    }

    [Fact]
    public void TryDecode_EncodedState_RoundTrips() => Assert.Equal(new SlotState("B A", 2, 1), SlotState.TryDecode(new SlotState("B A", 2, 1).Encode()));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(4095)]
    public void TryDecode_OneBitChanged_IsRefused(int position)
    {
        var block = SlotState.Fresh.Encode();
        block[position] ^= 1;
        Assert.Null(SlotState.TryDecode(block));
    }

    [Fact]
    public void TryDecode_CutBlock_IsRefused() => Assert.Null(SlotState.TryDecode(SlotState.Fresh.Encode().AsSpan(0, SlotState.Size - 1)));

    [Fact]
    public void BootScriptAndFwEnv_NameTheSamePlaces()
    {
        var script = File.ReadAllText(Checkout.Tree.Input("boot", "boot.cmd"));
        Assert.Contains($"setenv state_a 0x{Disk.DiskLayout.SlotStateOffset / 512:x}", script, StringComparison.Ordinal);
        Assert.Contains($"setenv state_b 0x{Disk.DiskLayout.SlotStateCopyOffset / 512:x}", script, StringComparison.Ordinal);
        Assert.Contains($"0x{Disk.DiskLayout.SlotStateOffset:x} 0x{SlotState.Size:x}", File.ReadAllText(Checkout.Tree.Input("rootfs", "etc", "fw_env.config")), StringComparison.Ordinal);
    }

    // Table form, written apart from the bitwise one under test.
    private static uint ReferenceCrc(ReadOnlySpan<byte> data)
    {
        var table = Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1)).ToArray();
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc = table[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return crc ^ uint.MaxValue;
    }
}
