// One message of a netlink datagram (include/uapi/linux/netlink.h): 16 bytes of header, then what the family makes of it. Numbers are in the machine's order; every machine this runs on is little-endian.
namespace Skywire.Linux.Netlink;

/// <summary>Flags of a message (NLM_F_*).</summary>
[Flags]
public enum NetlinkFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>NLM_F_REQUEST: asks the kernel.</summary>
    Request = 0x01,

    /// <summary>NLM_F_MULTI: more follow, up to NLMSG_DONE.</summary>
    Multi = 0x02,

    /// <summary>NLM_F_ACK: an answer is wanted even when there is nothing to say.</summary>
    Acknowledge = 0x04,

    /// <summary>NLM_F_DUMP_INTR: what is listed changed while it was listed.</summary>
    DumpInterrupted = 0x10,

    /// <summary>NLM_F_CAPPED: an error message does not repeat the whole request.</summary>
    Capped = 0x100,

    /// <summary>NLM_F_ACK_TLVS: an error message ends with attributes.</summary>
    AcknowledgeAttributes = 0x200,

    /// <summary>NLM_F_DUMP: all there are.</summary>
    Dump = 0x300,
}

/// <summary>A message where it lies in its datagram.</summary>
/// <param name="type">Type: one of the numbers below, or the family's.</param>
/// <param name="flags">Flags.</param>
/// <param name="sequence">The request's number; 0 for events.</param>
/// <param name="payload">What follows the header.</param>
public readonly ref struct NetlinkMessage(ushort type, NetlinkFlags flags, uint sequence, ReadOnlySpan<byte> payload)
{
    /// <summary>Size of struct nlmsghdr: length (4), type (2), flags (2), sequence (4), port (4).</summary>
    public const int HeaderSize = 16;

    /// <summary>Messages and attributes begin at multiples of this.</summary>
    public const int Alignment = 4;

    /// <summary>NLMSG_NOOP.</summary>
    public const ushort Nothing = 1;

    /// <summary>NLMSG_ERROR: the end of a request, with or without an error.</summary>
    public const ushort Error = 2;

    /// <summary>NLMSG_DONE: the end of a dump.</summary>
    public const ushort Done = 3;

    /// <summary>Type.</summary>
    public ushort Type { get; } = type;

    /// <summary>Flags.</summary>
    public NetlinkFlags Flags { get; } = flags;

    /// <summary>The request's number; 0 for events.</summary>
    public uint Sequence { get; } = sequence;

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Rounded up to where the next message or attribute begins.</summary>
    internal static int Aligned(int length) => (length + Alignment - 1) & ~(Alignment - 1);
}
