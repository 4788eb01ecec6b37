// Network interfaces by rtnetlink (include/uapi/linux/rtnetlink.h, if_link.h): what there is, and on or off.
using System.Buffers.Binary;

namespace Skywire.Linux.Netlink;

/// <summary>A network interface.</summary>
/// <param name="Index">The kernel's number.</param>
/// <param name="Name">Name, "eth0".</param>
/// <param name="IsUp">It is switched on (IFF_UP).</param>
/// <param name="HasCarrier">It carries traffic (IFF_LOWER_UP).</param>
/// <param name="MacAddress">Its address; "" for none of six bytes.</param>
/// <param name="Kind">Kind of a made one (IFLA_INFO_KIND), "veth", "bridge"; "" for hardware, radios too.</param>
public sealed record NetworkLink(int Index, string Name, bool IsUp, bool HasCarrier, string MacAddress, string Kind);

/// <summary>The machine's network interfaces.</summary>
public sealed class NetworkLinks(NetlinkConnection connection)
{
    /// <summary>RTNLGRP_LINK: the event group of interfaces.</summary>
    public const uint Group = 1;

    /// <summary>RTM_NEWLINK: an interface came or changed.</summary>
    public const ushort NewLink = 16;

    /// <summary>RTM_DELLINK: an interface went.</summary>
    public const ushort DeletedLink = 17;

    // RTM_GETLINK; struct ifinfomsg: family (1), padding (1), hardware type (2), index (4), flags (4), mask of flags to change (4).
    private const ushort GetLink = 18;
    private const int HeaderSize = 16;
    private const int IndexAt = 4;
    private const int FlagsAt = 8;
    private const int ChangeAt = 12;

    // IFLA_*, IFF_*.
    private const ushort Address = 1;
    private const ushort Name = 3;
    private const ushort Info = 18;
    private const ushort InfoKind = 1;
    private const uint Up = 1;
    private const uint LowerUp = 1 << 16;

    /// <summary>Every interface.</summary>
    public IReadOnlyList<NetworkLink> All()
    {
        var links = new List<NetworkLink>();
        foreach (var message in connection.Dump(new NetlinkWriter(GetLink).Raw(new byte[HeaderSize])))
        {
            if (TryRead(message, out var link))
            {
                links.Add(link);
            }
        }

        return links;
    }

    /// <summary>One interface; null when there is none of this number.</summary>
    public NetworkLink? Find(int index)
    {
        const int noDevice = 19;
        try
        {
            return connection.Request(new NetlinkWriter(GetLink).Raw(Header(index, 0, 0))).Messages is [var message, ..] && TryRead(message, out var link) ? link : null;
        }
        catch (NetlinkException e) when (e.ErrorCode == noDevice)
        {
            return null;
        }
    }

    /// <summary>Switches an interface on or off. Throws <see cref="NetlinkException"/>.</summary>
    public void SetUp(int index, bool isUp) => connection.Request(new NetlinkWriter(NewLink).Raw(Header(index, isUp ? Up : 0, Up)));

    /// <summary>Reads the payload of RTM_NEWLINK and RTM_DELLINK.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out NetworkLink link)
    {
        link = new NetworkLink(0, "", false, false, "", "");
        if (payload.Length < HeaderSize)
        {
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt32LittleEndian(payload[FlagsAt..]);
        var (name, address, kind) = ("", "", "");
        foreach (var attribute in new NetlinkAttributes(payload[HeaderSize..]))
        {
            switch (attribute.Type)
            {
                case Name:
                    attribute.TryText(out name);
                    break;
                case Address:
                    attribute.TryHardwareAddress(out address);
                    break;
                case Info when attribute.Nested.TryFind(InfoKind, out var of):
                    of.TryText(out kind);
                    break;
            }
        }

        link = new NetworkLink(BinaryPrimitives.ReadInt32LittleEndian(payload[IndexAt..]), name, (flags & Up) != 0, (flags & LowerUp) != 0, address, kind);
        return link.Index > 0 && name.Length > 0;
    }

    private static byte[] Header(int index, uint flags, uint change)
    {
        var header = new byte[HeaderSize];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(IndexAt), index);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(FlagsAt), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(ChangeAt), change);
        return header;
    }
}
