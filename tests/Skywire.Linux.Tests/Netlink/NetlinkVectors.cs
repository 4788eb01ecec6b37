// Datagrams laid out by hand from include/uapi/linux/netlink.h, genetlink.h, rtnetlink.h and if_link.h.
using Skywire.Testing;

namespace Skywire.Linux.Tests.Netlink;

internal static class NetlinkVectors
{
    /// <summary>Two messages: an interface, and the end of the list.</summary>
    public static byte[] LinkDump { get; } = HexText.Bytes("""
        50000000 1000 0200 07000000 2a000000   # nlmsghdr: 80 bytes, RTM_NEWLINK, NLM_F_MULTI, sequence 7, port 42
        00 00 0100 03000000 43100100 00000000  # ifinfomsg: AF_UNSPEC, ARPHRD_ETHER, index 3, IFF_UP|BROADCAST|RUNNING|MULTICAST|LOWER_UP
        0a00 0300 776c616e3000 0000            # IFLA_IFNAME "wlan0", two bytes of padding
        0a00 0100 024273aabb01 0000            # IFLA_ADDRESS
        08000d00 e8030000                      # IFLA_TXQLEN 1000, of no interest
        1000 1280                              # IFLA_LINKINFO, NLA_F_NESTED
          0900 0100 7665746800 000000          # IFLA_INFO_KIND "veth"
        14000000 0300 0200 07000000 2a000000   # NLMSG_DONE
        00000000
        """);

    /// <summary>ENODEV with the request's header only, and words.</summary>
    public static byte[] Refusal { get; } = HexText.Bytes("""
        38000000 0200 0003 09000000 2a000000   # nlmsghdr: 56 bytes, NLMSG_ERROR, NLM_F_CAPPED|NLM_F_ACK_TLVS, sequence 9
        edffffff                               # -19
        20000000 1200 0500 09000000 00000000   # the request's header
        1300 0100 4e6f20737563682064657669636500 00 # NLMSGERR_ATTR_MSG "No such device"
        """);

    /// <summary>EINVAL with the whole request, and words behind it.</summary>
    public static byte[] WholeRefusal { get; } = HexText.Bytes("""
        34000000 0200 0002 09000000 2a000000   # nlmsghdr: NLMSG_ERROR, NLM_F_ACK_TLVS
        eaffffff                               # -22
        15000000 1200 0500 09000000 00000000   # the request: 21 bytes
        0102030405 000000
        0800 0100 62616400                     # NLMSGERR_ATTR_MSG "bad"
        """);

    /// <summary>Success with a number, as hwsim tells the radio it made.</summary>
    public static byte[] Number { get; } = HexText.Bytes("""
        24000000 0200 0001 09000000 2a000000   # nlmsghdr: NLMSG_ERROR, NLM_F_CAPPED
        05000000                               # 5
        20000000 1d00 0500 09000000 00000000   # the request's header
        """);

    /// <summary>What the controller says of nl80211.</summary>
    public static byte[] Family { get; } = HexText.Bytes("""
        60000000 1000 0000 02000000 2a000000   # nlmsghdr: 96 bytes, GENL_ID_CTRL
        01 02 0000                             # genlmsghdr: CTRL_CMD_NEWFAMILY, version 2
        0c00 0200 6e6c383032313100             # CTRL_ATTR_FAMILY_NAME "nl80211"
        0600 0100 1c00 0000                    # CTRL_ATTR_FAMILY_ID 28
        08000300 01000000                      # CTRL_ATTR_VERSION 1
        3000 0780                              # CTRL_ATTR_MCAST_GROUPS
          1800 0180                            # 1
            08000200 05000000                  # CTRL_ATTR_MCAST_GRP_ID 5
            0b00 0100 636f6e66696700 00        # CTRL_ATTR_MCAST_GRP_NAME "config"
          1400 0280                            # 2
            08000200 06000000                  # CTRL_ATTR_MCAST_GRP_ID 6
            0600 0100 7363 0000                # CTRL_ATTR_MCAST_GRP_NAME "sc", without the zero
        """);
}
