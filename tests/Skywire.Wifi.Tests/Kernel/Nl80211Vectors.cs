// Payloads of nl80211's answers, laid out by hand from include/uapi/linux/nl80211.h; indented attributes are nested in what is above them.
using Skywire.Testing;

namespace Skywire.Wifi.Tests.Kernel;

internal static class Nl80211Vectors
{
    /// <summary>A radio, first message: types, and the first channel of 2.4 GHz.</summary>
    public static byte[] WiphyFirst { get; } = HexText.Bytes("""
        03 01 0000                  # genlmsghdr: NL80211_CMD_NEW_WIPHY, version 1
        0800 0100 00000000          # WIPHY 0
        0900 0200 7068793000 000000 # WIPHY_NAME "phy0"
        0800 2e00 03000000          # GENERATION 3
        1800 2000                   # SUPPORTED_IFTYPES
          0400 0100                 # ADHOC
          0400 0200                 # STATION
          0400 0300                 # AP
          0400 0400                 # AP_VLAN
          0400 0700                 # MESH_POINT
        3000 1600                   # WIPHY_BANDS
          2c00 0000                 # BAND_2GHZ
            0800 0300 ff000000      # BAND_ATTR_HT_MCS_SET, shortened
            0600 0400 6e11 0000     # BAND_ATTR_HT_CAPA
            1800 0100               # BAND_ATTR_FREQS
              1400 0000             # channel 0
                0800 0100 6c090000  # FREQUENCY_ATTR_FREQ 2412
                0800 0600 d0070000  # FREQUENCY_ATTR_MAX_TX_POWER 2000 mBm
        """);

    /// <summary>The same radio: the rest of 2.4 GHz, and 5 GHz.</summary>
    public static byte[] WiphySecond { get; } = HexText.Bytes("""
        03 01 0000                  # genlmsghdr: NL80211_CMD_NEW_WIPHY, version 1
        0800 0100 00000000          # WIPHY 0
        0900 0200 7068793000 000000 # WIPHY_NAME "phy0"
        0800 2e00 03000000          # GENERATION 3
        c400 1600                   # WIPHY_BANDS
          5000 0000                 # BAND_2GHZ
            4c00 0100               # BAND_ATTR_FREQS
              1400 0100             # channel 1
                0800 0100 85090000  # FREQUENCY_ATTR_FREQ 2437
                0800 0600 d0070000  # FREQUENCY_ATTR_MAX_TX_POWER 2000 mBm
              1c00 0200             # channel 2
                0800 0100 a8090000  # FREQUENCY_ATTR_FREQ 2472
                0400 0300           # FREQUENCY_ATTR_NO_IR
                0400 0400           # FREQUENCY_ATTR_NO_IBSS
                0800 0600 d0070000  # FREQUENCY_ATTR_MAX_TX_POWER 2000 mBm
              1800 0300             # channel 3
                0800 0100 b4090000  # FREQUENCY_ATTR_FREQ 2484
                0400 0200           # FREQUENCY_ATTR_DISABLED
                0800 0600 d0070000  # FREQUENCY_ATTR_MAX_TX_POWER 2000 mBm
          5400 0100                 # BAND_5GHZ
            0800 0800 c1330000      # BAND_ATTR_VHT_CAPA
            4800 0100               # BAND_ATTR_FREQS
              1400 0000             # channel 0
                0800 0100 3c140000  # FREQUENCY_ATTR_FREQ 5180
                0800 0600 fc080000  # FREQUENCY_ATTR_MAX_TX_POWER 2300 mBm
              1c00 0100             # channel 1
                0800 0100 8c140000  # FREQUENCY_ATTR_FREQ 5260
                0400 0300           # FREQUENCY_ATTR_NO_IR
                0400 0500           # FREQUENCY_ATTR_RADAR
                0800 0600 fc080000  # FREQUENCY_ATTR_MAX_TX_POWER 2300 mBm
              1400 0200             # channel 2
                0800 0100 38130000  # FREQUENCY_ATTR_FREQ 4920
                0800 0600 fc080000  # FREQUENCY_ATTR_MAX_TX_POWER 2300 mBm
          1c00 0200                 # BAND_60GHZ, left out
            1800 0100               # BAND_ATTR_FREQS
              1400 0000             # channel 0
                0800 0100 d0e30000  # FREQUENCY_ATTR_FREQ 58320
                0800 0600 e8030000  # FREQUENCY_ATTR_MAX_TX_POWER 1000 mBm
        """);

    /// <summary>The same radio: combinations, features, address.</summary>
    public static byte[] WiphyThird { get; } = HexText.Bytes("""
        03 01 0000                  # genlmsghdr: NL80211_CMD_NEW_WIPHY, version 1
        0800 0100 00000000          # WIPHY 0
        0900 0200 7068793000 000000 # WIPHY_NAME "phy0"
        0800 2e00 03000000          # GENERATION 3
        5000 7800                   # INTERFACE_COMBINATIONS
          4c00 0100                 # first
            3400 0100               # IFACE_COMB_LIMITS
              1400 0100             # first
                0800 0100 00080000  # IFACE_LIMIT_MAX 2048
                0800 0200           # IFACE_LIMIT_TYPES
                  0400 0200         # STATION
              1c00 0200             # second
                0800 0100 01000000  # IFACE_LIMIT_MAX 1
                1000 0200           # IFACE_LIMIT_TYPES
                  0400 0300         # AP
                  0400 0700         # MESH_POINT
                  0400 0800         # P2P_CLIENT
            0800 0400 01000000      # IFACE_COMB_NUM_CHANNELS 1
            0800 0200 02000000      # IFACE_COMB_MAXNUM 2
            0400 0300               # IFACE_COMB_STA_AP_BI_MATCH
        0800 8f00 20000300          # FEATURE_FLAGS: SAE, USERSPACE_MPM, ACTIVE_MONITOR
        0a00 d900 010020000000 0000 # EXT_FEATURES
        0a00 0600 024273000001 0000 # MAC
        """);

    /// <summary>Another radio, that does SAE by itself (EXT_FEATURE_SAE_OFFLOAD, bit 38) and nothing else.</summary>
    public static byte[] WiphyOffload { get; } = HexText.Bytes("""
        03 01 0000                  # genlmsghdr: NL80211_CMD_NEW_WIPHY, version 1
        0800 0100 04000000          # WIPHY 4
        0b00 0200 726164696f3400 00 # WIPHY_NAME "radio4"
        1000 2000                   # SUPPORTED_IFTYPES
          0400 0200                 # STATION
          0400 0300                 # AP
          0400 0a00                 # P2P_DEVICE
        0900 d900 0000000040 000000 # EXT_FEATURES
        """);

    /// <summary>A joined mesh point.</summary>
    public static byte[] Interface { get; } = HexText.Bytes("""
        07 01 0000                  # genlmsghdr: NL80211_CMD_NEW_INTERFACE, version 1
        0800 0300 05000000          # IFINDEX 5
        0a00 0400 776c616e3000 0000 # IFNAME "wlan0"
        0800 0100 00000000          # WIPHY 0
        0800 0500 07000000          # IFTYPE_MESH_POINT
        0c00 9900 0100000000000000  # WDEV 1
        0a00 0600 024273000001 0000 # MAC
        0800 2e00 06000000          # GENERATION 6
        0500 5300 00 000000         # 4ADDR 0
        0800 2600 85090000          # WIPHY_FREQ 2437
        0800 9f00 00000000          # CHANNEL_WIDTH 20_NOHT
        """);

    /// <summary>Wi-Fi Direct's device: no network interface.</summary>
    public static byte[] DeviceWithoutInterface { get; } = HexText.Bytes("""
        07 01 0000                  # genlmsghdr: NL80211_CMD_NEW_INTERFACE, version 1
        0800 0100 00000000          # WIPHY 0
        0800 0500 0a000000          # IFTYPE_P2P_DEVICE
        0c00 9900 0200000000000000  # WDEV 2
        0a00 0600 024273000003 0000 # MAC
        """);

    /// <summary>A peered neighbour.</summary>
    public static byte[] Station { get; } = HexText.Bytes("""
        13 01 0000                   # genlmsghdr: NL80211_CMD_NEW_STATION, version 1
        0800 0300 05000000           # IFINDEX 5
        0a00 0600 024273000002 0000  # MAC
        0800 2e00 08000000           # GENERATION 8
        a000 1500                    # STA_INFO
          0800 0100 78000000         # STA_INFO_INACTIVE_TIME 120 ms
          0800 0300 e8030000         # STA_INFO_TX_BYTES
          0c00 1800 00f2052a01000000 # STA_INFO_TX_BYTES64 5000000000
          0c00 1700 4600000000000000 # STA_INFO_RX_BYTES64 70
          0500 0600 04 000000        # STA_INFO_PLINK_STATE ESTAB
          0500 0700 c3 000000        # STA_INFO_SIGNAL -61
          0500 0d00 c1 000000        # STA_INFO_SIGNAL_AVG -63
          1c00 0800                  # STA_INFO_TX_BITRATE
            0600 0100 8a02 0000      # RATE_INFO_BITRATE 65 Mbit/s
            0800 0500 8a020000       # RATE_INFO_BITRATE32 65 Mbit/s
            0500 0200 07 000000      # RATE_INFO_MCS 7
          0c00 0e00                  # STA_INFO_RX_BITRATE
            0600 0100 3700 0000      # RATE_INFO_BITRATE 5.5 Mbit/s
          0800 0a00 90010000         # STA_INFO_TX_PACKETS
          0800 0b00 1e000000         # STA_INFO_TX_RETRIES
          0800 0c00 02000000         # STA_INFO_TX_FAILED
          0800 1b00 007d0000         # STA_INFO_EXPECTED_THROUGHPUT 32000 kbit/s
          0800 2900 97000000         # STA_INFO_AIRTIME_LINK_METRIC
          0c00 1100 fe000000ba000000 # STA_INFO_STA_FLAGS: mask, then AUTHORIZED|WME|MFP|AUTHENTICATED|ASSOCIATED
        """);

    /// <summary>A path over two hops.</summary>
    public static byte[] MeshPath { get; } = HexText.Bytes("""
        17 01 0000                  # genlmsghdr: NL80211_CMD_NEW_MPATH, version 1
        0800 0300 05000000          # IFINDEX 5
        0a00 0600 024273000003 0000 # MAC
        0a00 1a00 024273000002 0000 # MPATH_NEXT_HOP
        0800 2e00 02000000          # GENERATION 2
        3c00 1b00                   # MPATH_INFO
          0800 0100 00000000        # MPATH_INFO_FRAME_QLEN 0
          0800 0200 09000000        # MPATH_INFO_SN 9
          0800 0300 2e010000        # MPATH_INFO_METRIC 302
          0800 0400 a00f0000        # MPATH_INFO_EXPTIME
          0500 0500 15 000000       # MPATH_INFO_FLAGS: ACTIVE|SN_VALID|RESOLVED
          0500 0800 02 000000       # MPATH_INFO_HOP_COUNT 2
          0800 0900 01000000        # MPATH_INFO_PATH_CHANGE
        """);

    /// <summary>A mesh with SAE: no name but its mesh's, neither ESS nor IBSS.</summary>
    public static byte[] HeardMesh { get; } = HexText.Bytes("""
        22 01 0000                                                       # genlmsghdr: NL80211_CMD_NEW_SCAN_RESULTS, version 1
        0800 2e00 05000000                                               # GENERATION 5
        0800 0300 05000000                                               # IFINDEX 5
        6400 2f00                                                        # BSS
          0a00 0100 024273000002 0000                                    # BSS_BSSID
          0c00 0300 40e2010000000000                                     # BSS_TSF
          1e00 0600 00007207686f6d656d7368710701010001010209300401000fac 0000 # BSS_INFORMATION_ELEMENTS: empty SSID, Mesh ID, configuration with SAE, RSN
          0600 0400 6400 0000                                            # BSS_BEACON_INTERVAL
          0600 0500 0000 0000                                            # BSS_CAPABILITY 0x0000
          0800 0200 85090000                                             # BSS_FREQUENCY 2437
          0800 0a00 28000000                                             # BSS_SEEN_MS_AGO 40
          0800 0700 fae7ffff                                             # BSS_SIGNAL_MBM -6150
        """);

    /// <summary>An access point of a tree of ours: depth 2, three members.</summary>
    public static byte[] HeardTree { get; } = HexText.Bytes("""
        22 01 0000                                           # genlmsghdr: NL80211_CMD_NEW_SCAN_RESULTS, version 1
        0800 2e00 05000000                                   # GENERATION 5
        0800 0300 05000000                                   # IFINDEX 5
        7400 2f00                                            # BSS
          0a00 0100 024273000009 0000                        # BSS_BSSID
          0c00 0300 40e2010000000000                         # BSS_TSF
          1800 0600 0004686f6d65dd0c02736b010202427300000101 # BSS_INFORMATION_ELEMENTS: SSID, our element from an old answer
          1800 0b00 0004686f6d65dd0c02736b010102427300000103 # BSS_BEACON_IES: SSID, our element
          0600 0400 6400 0000                                # BSS_BEACON_INTERVAL
          0600 0500 1104 0000                                # BSS_CAPABILITY 0x0411
          0800 0200 3c140000                                 # BSS_FREQUENCY 5180
          0800 0a00 dc050000                                 # BSS_SEEN_MS_AGO 1500
          0800 0700 a8e4ffff                                 # BSS_SIGNAL_MBM -7000
        """);

    /// <summary>An open access point that hides its name.</summary>
    public static byte[] HeardHidden { get; } = HexText.Bytes("""
        22 01 0000                    # genlmsghdr: NL80211_CMD_NEW_SCAN_RESULTS, version 1
        0800 2e00 05000000            # GENERATION 5
        0800 0300 05000000            # IFINDEX 5
        5c00 2f00                     # BSS
          0a00 0100 02427300000a 0000 # BSS_BSSID
          0c00 0300 40e2010000000000  # BSS_TSF
          0900 0600 0003000000 000000 # BSS_INFORMATION_ELEMENTS: SSID of zeros
          0900 0b00 0003000000 000000 # BSS_BEACON_IES: SSID of zeros
          0600 0400 6400 0000         # BSS_BEACON_INTERVAL
          0600 0500 0104 0000         # BSS_CAPABILITY 0x0401
          0800 0200 6c090000          # BSS_FREQUENCY 2412
          0800 0a00 00000000          # BSS_SEEN_MS_AGO 0
          0800 0700 a7dcffff          # BSS_SIGNAL_MBM -9049
        """);

    /// <summary>An ad-hoc network with a name that would move a terminal's cursor.</summary>
    public static byte[] HeardAdHoc { get; } = HexText.Bytes("""
        22 01 0000                    # genlmsghdr: NL80211_CMD_NEW_SCAN_RESULTS, version 1
        0800 2e00 05000000            # GENERATION 5
        0800 0300 05000000            # IFINDEX 5
        5000 2f00                     # BSS
          0a00 0100 02427300000b 0000 # BSS_BSSID
          0c00 0300 40e2010000000000  # BSS_TSF
          0b00 0600 0005611b5b4ac3 00 # BSS_INFORMATION_ELEMENTS: SSID a, ESC [ J, a byte that begins no character
          0600 0400 6400 0000         # BSS_BEACON_INTERVAL
          0600 0500 1200 0000         # BSS_CAPABILITY 0x0012
          0800 0200 9e090000          # BSS_FREQUENCY 2462
          0800 0a00 00000000          # BSS_SEEN_MS_AGO 0
          0800 0700 78ecffff          # BSS_SIGNAL_MBM -5000
        """);

    /// <summary>The machine's rules.</summary>
    public static byte[] Rules { get; } = HexText.Bytes("""
        1f 01 0000          # genlmsghdr: NL80211_CMD_GET_REG, version 1
        0700 2100 444500 00 # REG_ALPHA2 "DE"
        0800 2200 00000000  # REG_RULES, left out
        """);

    /// <summary>A radio's own rules.</summary>
    public static byte[] OwnRules { get; } = HexText.Bytes("""
        1f 01 0000          # genlmsghdr: NL80211_CMD_GET_REG, version 1
        0800 0100 04000000  # WIPHY 4
        0400 d800           # WIPHY_SELF_MANAGED_REG
        0600 2100 5553 0000 # REG_ALPHA2 "US"
        """);
}

