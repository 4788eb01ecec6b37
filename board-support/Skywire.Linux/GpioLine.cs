// One input line of a GPIO chip with edge events (GPIO character device v2).
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skywire.Linux;

/// <summary>A line held as input. Active-low is undone by the kernel: a value of true means "active". Owned by one thread.</summary>
public sealed class GpioLine : IDisposable
{
    // Contacts of cheap buttons settle within some milliseconds; 10 is what the kernel's own key driver assumes at least.
    private const uint DebounceMicroseconds = 10_000;
    private const uint EventBuffer = 16;
    private const int DeviceBusy = 16;
    private const int NotSupported = 95;

    private readonly SafeFileHandle _handle;

    private GpioLine(SafeFileHandle handle) => _handle = handle;

    /// <summary>Takes a line. Throws <see cref="IOException"/> with the cause: busy (a driver or another program holds it), no such line, no permission.</summary>
    public static GpioLine Open(GpioChip chip, int line, bool isActiveLow, string consumer)
    {
        using var device = File.OpenHandle(chip.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        // Not every controller can debounce or has a pull-up; what it refuses is left out, best first.
        foreach (var (debounce, pullUp) in ((bool, bool)[])[(true, isActiveLow), (true, false), (false, false)])
        {
            var request = Request(line, isActiveLow, consumer, debounce, pullUp);
            if (GpioUapi.Control(device, GpioUapi.GetLine, ref request) >= 0)
            {
                return new GpioLine(new SafeFileHandle(request.Descriptor, ownsHandle: true));
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == DeviceBusy)
            {
                throw new IOException($"line {line} of {chip.Label} is held by a kernel driver or another program (see gpioinfo)");
            }

            if (error != NotSupported && !(debounce || pullUp))
            {
                throw new IOException($"line {line} of {chip.Label}: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }

        throw new IOException($"line {line} of {chip.Label} gives no edge events");
    }

    /// <summary>Reads the line now.</summary>
    public bool IsActive
    {
        get
        {
            var values = new GpioUapi.LineValues { Mask = 1 };
            return GpioUapi.Control(_handle, GpioUapi.GetValues, ref values) < 0
                ? throw new IOException($"the line cannot be read: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}")
                : (values.Bits & 1) != 0;
        }
    }

    /// <summary>Waits for the next edge: true became active, false became inactive, null for none within <paramref name="milliseconds"/>.</summary>
    public bool? WaitForEdge(int milliseconds)
    {
        if (!DescriptorWait.ForInput(_handle, milliseconds))
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[GpioUapi.LineEventSize];
        var read = Native.Read(_handle, buffer);
        return read == GpioUapi.LineEventSize
            ? MemoryMarshal.Read<GpioUapi.LineEvent>(buffer).Id == GpioUapi.EventRisingEdge
            : throw new IOException(read < 0 ? $"the line gives no more events: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}" : "the line is gone");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static GpioUapi.LineRequest Request(int line, bool isActiveLow, string consumer, bool debounce, bool pullUp)
    {
        var request = default(GpioUapi.LineRequest);
        request.Offsets[0] = (uint)line;
        request.LineCount = 1;
        request.EventBufferSize = EventBuffer;
        // 31 bytes and the zero that ends them.
        System.Text.Encoding.ASCII.GetBytes(consumer.AsSpan(0, Math.Min(consumer.Length, 31)), request.Consumer);
        request.Config.Flags = GpioUapi.FlagInput | GpioUapi.FlagEdgeRising | GpioUapi.FlagEdgeFalling | (isActiveLow ? GpioUapi.FlagActiveLow : 0) | (pullUp ? GpioUapi.FlagBiasPullUp : 0);
        if (debounce)
        {
            request.Config.AttributeCount = 1;
            request.Config.Attributes[0] = new GpioUapi.ConfigAttribute { Id = GpioUapi.AttributeDebounce, Value = DebounceMicroseconds, Mask = 1 };
        }

        return request;
    }
}
