// Numbers of include/uapi/linux/nl80211.h that are used here, by the kernel's names without the common prefix.
namespace Skywire.Wifi.Kernel;

/// <summary>nl80211's numbers.</summary>
internal static class Nl80211
{
    /// <summary>NL80211_GENL_NAME.</summary>
    public const string FamilyName = "nl80211";

    /// <summary>NL80211_MULTICAST_GROUP_*: radios and interfaces, scans, rules, stations.</summary>
    public static readonly IReadOnlyList<string> EventGroups = ["config", "scan", "regulatory", "mlme"];

    /// <summary>NL80211_CMD_*.</summary>
    public static class Command
    {
        public const byte GetWiphy = 1;
        public const byte GetInterface = 5;
        public const byte SetInterface = 6;
        public const byte NewInterface = 7;
        public const byte DelInterface = 8;
        public const byte GetStation = 17;
        public const byte GetMpath = 21;
        public const byte ReqSetReg = 27;
        public const byte SetMeshConfig = 29;
        public const byte GetReg = 31;
        public const byte GetScan = 32;
        public const byte TriggerScan = 33;
        public const byte NewScanResults = 34;
        public const byte ScanAborted = 35;
        public const byte Frame = 59;
        public const byte FrameTxStatus = 60;
        public const byte SetPowerSave = 61;
        public const byte NotifyCqm = 64;
        public const byte UnprotDeauthenticate = 70;
        public const byte UnprotDisassociate = 71;
        public const byte NewPeerCandidate = 72;
        public const byte ProbeClient = 84;
        public const byte UnprotBeacon = 138;
    }

    /// <summary>NL80211_ATTR_*.</summary>
    public static class Attribute
    {
        public const ushort Wiphy = 1;
        public const ushort WiphyName = 2;
        public const ushort Ifindex = 3;
        public const ushort Ifname = 4;
        public const ushort Iftype = 5;
        public const ushort Mac = 6;
        public const ushort StaInfo = 21;
        public const ushort WiphyBands = 22;
        public const ushort MpathNextHop = 26;
        public const ushort MpathInfo = 27;
        public const ushort SupportedIftypes = 32;
        public const ushort RegAlpha2 = 33;
        public const ushort MeshConfig = 35;
        public const ushort WiphyFreq = 38;
        public const ushort Bss = 47;
        public const ushort PsState = 93;
        public const ushort SupportIbssRsn = 104;
        public const ushort InterfaceCombinations = 120;
        public const ushort FeatureFlags = 143;
        public const ushort UserRegHintType = 154;
        public const ushort SplitWiphyDump = 174;
        public const ushort ExtFeatures = 217;
    }

    /// <summary>NL80211_BAND_*.</summary>
    public static class Band
    {
        public const ushort TwoGhz = 0;
        public const ushort FiveGhz = 1;
        public const ushort SixGhz = 3;
    }

    /// <summary>NL80211_BAND_ATTR_*.</summary>
    public static class BandAttribute
    {
        public const ushort Freqs = 1;
        public const ushort HtCapa = 4;
        public const ushort VhtCapa = 8;
    }

    /// <summary>NL80211_FREQUENCY_ATTR_*.</summary>
    public static class FrequencyAttribute
    {
        public const ushort Freq = 1;
        public const ushort Disabled = 2;
        public const ushort NoIr = 3;

        // __NL80211_FREQUENCY_ATTR_NO_IBSS: what older kernels say.
        public const ushort NoIbss = 4;
        public const ushort Radar = 5;
        public const ushort MaxTxPower = 6;
    }

    /// <summary>NL80211_IFACE_COMB_*.</summary>
    public static class InterfaceCombinationAttribute
    {
        public const ushort Limits = 1;
        public const ushort MaxNum = 2;
        public const ushort NumChannels = 4;
    }

    /// <summary>NL80211_IFACE_LIMIT_*.</summary>
    public static class InterfaceLimitAttribute
    {
        public const ushort Max = 1;
        public const ushort Types = 2;
    }

    /// <summary>NL80211_FEATURE_*: bits of a number.</summary>
    public static class Feature
    {
        public const uint Sae = 1 << 5;
        public const uint UserspaceMpm = 1 << 16;
    }

    /// <summary>NL80211_EXT_FEATURE_*: numbers of bits.</summary>
    public static class ExtendedFeature
    {
        public const int SaeOffload = 38;
        public const int SaeOffloadAp = 51;
    }

    /// <summary>NL80211_STA_INFO_*.</summary>
    public static class StationInfo
    {
        public const ushort InactiveTime = 1;
        public const ushort RxBytes = 2;
        public const ushort TxBytes = 3;
        public const ushort PlinkState = 6;
        public const ushort Signal = 7;
        public const ushort TxBitrate = 8;
        public const ushort TxPackets = 10;
        public const ushort TxRetries = 11;
        public const ushort TxFailed = 12;
        public const ushort SignalAvg = 13;
        public const ushort RxBitrate = 14;
        public const ushort StaFlags = 17;
        public const ushort RxBytes64 = 23;
        public const ushort TxBytes64 = 24;
        public const ushort ExpectedThroughput = 27;
        public const ushort AirtimeLinkMetric = 41;
    }

    /// <summary>NL80211_RATE_INFO_*.</summary>
    public static class RateInfo
    {
        public const ushort Bitrate = 1;
        public const ushort Bitrate32 = 5;
    }

    /// <summary>NL80211_STA_FLAG_*: numbers of bits.</summary>
    public static class StationFlag
    {
        public const int Authorized = 1;
        public const int Mfp = 4;
    }

    /// <summary>NL80211_MPATH_INFO_*.</summary>
    public static class MeshPathInfo
    {
        public const ushort Metric = 3;
        public const ushort Flags = 5;
        public const ushort HopCount = 8;

        // NL80211_MPATH_FLAG_ACTIVE.
        public const byte Active = 1;
    }

    /// <summary>NL80211_BSS_*.</summary>
    public static class Bss
    {
        public const ushort Bssid = 1;
        public const ushort Frequency = 2;
        public const ushort Capability = 5;
        public const ushort InformationElements = 6;
        public const ushort SignalMbm = 7;
        public const ushort SeenMsAgo = 10;
        public const ushort BeaconIes = 11;
    }

    /// <summary>NL80211_MESHCONF_*.</summary>
    public static class MeshConfig
    {
        public const ushort HwmpRootmode = 14;
        public const ushort GateAnnouncements = 17;
        public const ushort Forwarding = 19;
        public const ushort RssiThreshold = 20;
    }

    /// <summary>NL80211_USER_REG_HINT_USER.</summary>
    public const uint UserRegHintUser = 0;

    /// <summary>NL80211_PS_DISABLED and NL80211_PS_ENABLED.</summary>
    public const uint PsDisabled = 0;

    /// <inheritdoc cref="PsDisabled"/>
    public const uint PsEnabled = 1;
}
