// Structures and request numbers of the GPIO character device, version 2 (include/uapi/linux/gpio.h). Sizes are part of the request numbers.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skywire.Linux;

internal static partial class GpioUapi
{
    /// <summary>Reads a <see cref="ChipInfo"/>: _IOR(0xB4, 0x01, 68).</summary>
    public const uint GetChipInfo = 0x8044_B401;

    /// <summary>Asks for lines: _IOWR(0xB4, 0x07, 592).</summary>
    public const uint GetLine = 0xC250_B407;

    /// <summary>Reads line values: _IOWR(0xB4, 0x0E, 16).</summary>
    public const uint GetValues = 0xC010_B40E;

    public const ulong FlagActiveLow = 1UL << 1;
    public const ulong FlagInput = 1UL << 2;
    public const ulong FlagEdgeRising = 1UL << 4;
    public const ulong FlagEdgeFalling = 1UL << 5;
    public const ulong FlagBiasPullUp = 1UL << 8;
    public const uint AttributeDebounce = 3;
    public const uint EventRisingEdge = 1;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeHandle handle, nuint request, ref ChipInfo argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeHandle handle, nuint request, ref LineRequest argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeHandle handle, nuint request, ref LineValues argument);

    [InlineArray(32)]
    public struct Name
    {
        private byte _first;
    }

    [InlineArray(64)]
    public struct Offsets
    {
        private uint _first;
    }

    [InlineArray(5)]
    public struct Padding5
    {
        private uint _first;
    }

    [InlineArray(10)]
    public struct Attributes
    {
        private ConfigAttribute _first;
    }

    /// <summary>struct gpiochip_info</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ChipInfo
    {
        public Name Name;
        public Name Label;
        public uint Lines;
    }

    /// <summary>struct gpio_v2_line_config_attribute</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ConfigAttribute
    {
        public uint Id;
        public uint Padding;
        public ulong Value;
        public ulong Mask;
    }

    /// <summary>struct gpio_v2_line_config</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LineConfig
    {
        public ulong Flags;
        public uint AttributeCount;
        public Padding5 Padding;
        public Attributes Attributes;
    }

    /// <summary>struct gpio_v2_line_request</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LineRequest
    {
        public Offsets Offsets;
        public Name Consumer;
        public LineConfig Config;
        public uint LineCount;
        public uint EventBufferSize;
        public Padding5 Padding;
        public int Descriptor;
    }

    /// <summary>struct gpio_v2_line_values</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LineValues
    {
        public ulong Bits;
        public ulong Mask;
    }

    /// <summary>struct gpio_v2_line_event without its padding to <see cref="LineEventSize"/> bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LineEvent
    {
        public ulong TimestampNanoseconds;
        public uint Id;
        public uint Offset;
        public uint Sequence;
        public uint LineSequence;
    }

    /// <summary>Size of struct gpio_v2_line_event.</summary>
    public const int LineEventSize = 48;
}
