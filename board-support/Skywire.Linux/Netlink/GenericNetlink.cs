// Generic netlink (include/uapi/linux/genetlink.h): families have names; their numbers and those of their event groups are given by the kernel as modules come.
namespace Skywire.Linux.Netlink;

/// <summary>A family of generic netlink.</summary>
/// <param name="Id">Its number: the type of its messages.</param>
/// <param name="Version">Version of its commands.</param>
/// <param name="Groups">Its event groups by name.</param>
public sealed record GenericFamily(ushort Id, byte Version, IReadOnlyDictionary<string, uint> Groups)
{
    /// <summary>A request to this family.</summary>
    public NetlinkWriter Request(byte command, NetlinkFlags flags = NetlinkFlags.None) => GenericNetlink.Request(Id, command, Version, flags);
}

/// <summary>Messages of generic netlink: command (1), version (1), two bytes of nothing, attributes.</summary>
public static class GenericNetlink
{
    /// <summary>Size of struct genlmsghdr.</summary>
    public const int HeaderSize = 4;

    /// <summary>GENL_ID_CTRL: number of the family that knows the others.</summary>
    public const ushort Controller = 16;

    /// <summary>CTRL_CMD_NEWFAMILY: a family came (a module was loaded).</summary>
    public const byte NewFamily = 1;

    /// <summary>CTRL_CMD_DELFAMILY: a family went.</summary>
    public const byte DeletedFamily = 2;

    /// <summary>Name of the controller, and of its group that tells of families.</summary>
    public const string ControllerName = "nlctrl";

    /// <summary>Name of the controller's event group.</summary>
    public const string ControllerGroup = "notify";

    // CTRL_CMD_GETFAMILY, CTRL_ATTR_*.
    private const byte GetFamily = 3;
    private const byte ControllerVersion = 2;
    private const ushort FamilyId = 1;
    private const ushort FamilyName = 2;
    private const ushort FamilyVersion = 3;
    private const ushort MulticastGroups = 7;
    private const ushort GroupName = 1;
    private const ushort GroupId = 2;

    private const int NoSuchFamily = 2;

    /// <summary>Looks a family up, which may have the kernel load its module; null when there is none.</summary>
    public static GenericFamily? Find(NetlinkConnection connection, string name)
    {
        try
        {
            var answer = connection.Request(Request(Controller, GetFamily, ControllerVersion).Text(FamilyName, name));
            return answer.Messages is [var message, ..] && TryReadFamily(message, out var family, out _) ? family : null;
        }
        catch (NetlinkException e) when (e.ErrorCode == NoSuchFamily)
        {
            return null;
        }
    }

    /// <summary>The command and the attributes of a message's payload.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out byte command, out NetlinkAttributes attributes)
    {
        var isThere = payload.Length >= HeaderSize;
        command = isThere ? payload[0] : (byte)0;
        attributes = isThere ? new NetlinkAttributes(payload[HeaderSize..]) : default;
        return isThere;
    }

    /// <summary>Reads what the controller says of a family.</summary>
    public static bool TryReadFamily(ReadOnlySpan<byte> payload, out GenericFamily family, out string name)
    {
        var groups = new Dictionary<string, uint>();
        (ushort id, uint version, name) = (0, 0, "");
        if (TryRead(payload, out _, out var attributes))
        {
            foreach (var attribute in attributes)
            {
                switch (attribute.Type)
                {
                    case FamilyId:
                        attribute.TryUInt16(out id);
                        break;
                    case FamilyName:
                        attribute.TryText(out name);
                        break;
                    case FamilyVersion:
                        attribute.TryUInt32(out version);
                        break;
                    case MulticastGroups:
                        ReadGroups(attribute.Nested, groups);
                        break;
                }
            }
        }

        family = new GenericFamily(id, (byte)version, groups);
        return id > 0;
    }

    /// <summary>A request by number.</summary>
    internal static NetlinkWriter Request(ushort family, byte command, byte version, NetlinkFlags flags = NetlinkFlags.None) =>
        new NetlinkWriter(family, flags).Raw([command, version, 0, 0]);

    private static void ReadGroups(NetlinkAttributes list, Dictionary<string, uint> groups)
    {
        foreach (var group in list)
        {
            if (group.Nested.TryFind(GroupName, out var name) && name.TryText(out var text) && group.Nested.TryFind(GroupId, out var id) && id.TryUInt32(out var number))
            {
                groups[text] = number;
            }
        }
    }
}
