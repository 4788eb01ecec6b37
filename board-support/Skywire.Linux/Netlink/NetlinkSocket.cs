// AF_NETLINK: the base library has no sockets of this family.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skywire.Linux.Netlink;

/// <summary>A netlink socket of the kernel.</summary>
public sealed partial class NetlinkSocket : INetlinkSocket
{
    /// <summary>NETLINK_ROUTE: links, addresses, routes.</summary>
    public const int Route = 0;

    /// <summary>NETLINK_GENERIC: families by name.</summary>
    public const int Generic = 16;

    private const int Family = 16;
    private const int RawType = 3;
    private const int CloseOnExec = 0x80000;
    private const int Level = 270;
    private const int AddMembership = 1;
    private const int CapAcknowledge = 10;
    private const int ExtendedAcknowledge = 11;
    private const int DoNotWait = 0x40;
    private const int Truncate = 0x20;

    private const int Interrupted = 4;
    private const int Again = 11;
    private const int NoBuffers = 105;

    private readonly SafeFileHandle _handle;
    private readonly TimeProvider _time;

    private NetlinkSocket(SafeFileHandle handle, TimeProvider time) => (_handle, _time) = (handle, time);

    /// <summary>Opens one. Throws <see cref="NetlinkException"/> when the kernel has no such family or does not allow it.</summary>
    public static NetlinkSocket Open(int protocol, TimeProvider time)
    {
        var handle = new SafeFileHandle(OpenSocket(Family, RawType | CloseOnExec, protocol), ownsHandle: true);
        if (handle.IsInvalid)
        {
            throw new NetlinkException(Marshal.GetLastPInvokeError(), "a netlink socket cannot be opened");
        }

        var socket = new NetlinkSocket(handle, time);
        // Without these two an error has a number only; kernels that lack them are served without.
        socket.TrySet(ExtendedAcknowledge, 1);
        socket.TrySet(CapAcknowledge, 1);
        var own = new Address { Family = Family };
        if (Bind(handle, own, (uint)Marshal.SizeOf<Address>()) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            socket.Dispose();
            throw new NetlinkException(error, "a netlink socket cannot be bound");
        }

        return socket;
    }

    /// <inheritdoc/>
    public void Join(uint group)
    {
        if (!TrySet(AddMembership, (int)group))
        {
            throw new NetlinkException(Marshal.GetLastPInvokeError(), $"no events of netlink group {group}");
        }
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> message)
    {
        var kernel = new Address { Family = Family };
        while (SendTo(_handle, message, (nuint)message.Length, 0, kernel, (uint)Marshal.SizeOf<Address>()) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new NetlinkException(error, "the kernel took no netlink message");
            }
        }
    }

    /// <inheritdoc/>
    public NetlinkArrival Receive(Span<byte> buffer, TimeSpan wait, out int length)
    {
        length = 0;
        var start = _time.GetTimestamp();
        while (true)
        {
            var left = wait - _time.GetElapsedTime(start);
            if (!DescriptorWait.ForInput(_handle, (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, int.MaxValue)))
            {
                // A signal ends the wait early, too.
                if (_time.GetElapsedTime(start) >= wait)
                {
                    return NetlinkArrival.Nothing;
                }

                continue;
            }

            var size = (uint)Marshal.SizeOf<Address>();
            var sender = default(Address);
            // With MSG_TRUNC the whole length is told, also when the buffer was too small for it.
            var read = ReceiveFrom(_handle, buffer, (nuint)buffer.Length, DoNotWait | Truncate, ref sender, ref size);
            if (read < 0)
            {
                switch (Marshal.GetLastPInvokeError())
                {
                    case Interrupted or Again:
                        continue;
                    case NoBuffers:
                        return NetlinkArrival.Lost;
                    case var error:
                        throw new NetlinkException(error, "a netlink socket cannot be read");
                }
            }

            // Processes can send here as well; only the kernel has port 0.
            if (sender.Port != 0)
            {
                continue;
            }

            if (read > buffer.Length)
            {
                return NetlinkArrival.Lost;
            }

            length = (int)read;
            return NetlinkArrival.Datagram;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private bool TrySet(int option, int value) => SetOption(_handle, Level, option, value, sizeof(int)) >= 0;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeHandle handle, in Address address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeHandle handle, int level, int option, in int value, uint length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(SafeHandle handle, ReadOnlySpan<byte> message, nuint length, int flags, in Address address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(SafeHandle handle, Span<byte> buffer, nuint length, int flags, ref Address address, ref uint addressLength);

    // struct sockaddr_nl
    [StructLayout(LayoutKind.Sequential)]
    private struct Address
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }
}
