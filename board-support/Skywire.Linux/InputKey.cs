// A key of a kernel input device (evdev): where the kernel's gpio-keys driver holds the button's line, its events come out here.
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skywire.Linux;

/// <summary>One key of one input device. Owned by one thread.</summary>
public sealed class InputKey : IDisposable
{
    /// <summary>Where the kernel lists input devices.</summary>
    public const string SystemFolder = "/sys/class/input";

    /// <summary>struct input_event on 64-bit machines: two words of time, type, code, value.</summary>
    internal const int EventSize = 24;

    private const ushort KeyEvent = 1;
    private const int Released = 0;
    private const int Pressed = 1;

    private readonly SafeFileHandle _handle;
    private readonly int _code;

    private InputKey(SafeFileHandle handle, int code) => (_handle, _code) = (handle, code);

    /// <summary>The event file of the device with this name; null when there is none.</summary>
    public static string? Find(string name, string folder = SystemFolder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        foreach (var device in Directory.EnumerateFileSystemEntries(folder, "event*").Order(StringComparer.Ordinal))
        {
            var file = Path.Combine(device, "device", "name");
            if (File.Exists(file) && File.ReadAllText(file).TrimEnd('\n') == name)
            {
                return "/dev/input/" + Path.GetFileName(device);
            }
        }

        return null;
    }

    /// <summary>Opens the device file. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public static InputKey Open(string path, int code) => new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), code);

    /// <summary>Waits for this key: true pressed, false released, null for neither within <paramref name="milliseconds"/>.</summary>
    public bool? WaitForEdge(int milliseconds)
    {
        if (!DescriptorWait.ForInput(_handle, milliseconds))
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[EventSize * 16];
        var read = Native.Read(_handle, buffer);
        return read > 0
            ? Last(buffer[..read], _code)
            : throw new IOException(read < 0 ? $"the input device gives no more events: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}" : "the input device is gone");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <inheritdoc/>
    public override string ToString() => _code.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the last event of this key in <paramref name="events"/> says; repeats of a held key say nothing.</summary>
    internal static bool? Last(ReadOnlySpan<byte> events, int code)
    {
        bool? state = null;
        for (; events.Length >= EventSize; events = events[EventSize..])
        {
            var type = BinaryPrimitives.ReadUInt16LittleEndian(events[16..]);
            var value = BinaryPrimitives.ReadInt32LittleEndian(events[20..]);
            if (type == KeyEvent && BinaryPrimitives.ReadUInt16LittleEndian(events[18..]) == code && value is Pressed or Released)
            {
                state = value == Pressed;
            }
        }

        return state;
    }
}
