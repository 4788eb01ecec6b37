// The end of a request: NLMSG_ERROR (also for success) and NLMSG_DONE, with the kernel's own words when it has some.
using System.Buffers.Binary;

namespace Skywire.Linux.Netlink;

/// <summary>What a request came to.</summary>
/// <param name="Code">Negative: an error number; else success, for some requests with a number (hwsim's radio).</param>
/// <param name="Text">What the kernel says of it (NLMSGERR_ATTR_MSG); "" when it says nothing.</param>
public readonly record struct NetlinkResult(int Code, string Text)
{
    // NLMSGERR_ATTR_MSG.
    private const ushort MessageAttribute = 1;

    /// <summary>Reads NLMSG_ERROR and NLMSG_DONE; false for every other message and for one too short. A dump's end without a number is a success.</summary>
    public static bool TryRead(NetlinkMessage message, out NetlinkResult result)
    {
        result = new NetlinkResult(0, "");
        if (message.Type is not (NetlinkMessage.Error or NetlinkMessage.Done))
        {
            return false;
        }

        if (!BinaryPrimitives.TryReadInt32LittleEndian(message.Payload, out var code))
        {
            return message.Type == NetlinkMessage.Done;
        }

        result = new NetlinkResult(code, TextOf(message));
        return true;
    }

    private static string TextOf(NetlinkMessage message)
    {
        if (!message.Flags.HasFlag(NetlinkFlags.AcknowledgeAttributes))
        {
            return "";
        }

        var rest = message.Payload[sizeof(int)..];
        if (message.Type == NetlinkMessage.Error)
        {
            // The request's header is repeated, and the rest of it too unless it was left out.
            if (rest.Length < NetlinkMessage.HeaderSize)
            {
                return "";
            }

            var repeated = message.Flags.HasFlag(NetlinkFlags.Capped) ? NetlinkMessage.HeaderSize : BinaryPrimitives.ReadUInt32LittleEndian(rest);
            if (repeated < NetlinkMessage.HeaderSize || repeated > (uint)rest.Length)
            {
                return "";
            }

            rest = rest[Math.Min(NetlinkMessage.Aligned((int)repeated), rest.Length)..];
        }

        return new NetlinkAttributes(rest).TryFind(MessageAttribute, out var text) && text.TryText(out var words) ? words : "";
    }
}
