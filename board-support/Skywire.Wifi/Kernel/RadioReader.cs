// Radios from NL80211_CMD_GET_WIPHY with NL80211_ATTR_SPLIT_WIPHY_DUMP: one radio comes in many messages, its bands cut anywhere between two channels.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>Puts radios together from the messages of a dump.</summary>
internal sealed class RadioReader
{
    // A set of types is a number of 32 bits.
    private const int MaxInterfaceType = 31;

    private readonly SortedDictionary<int, Radio> _radios = [];

    /// <summary>All radios of a dump.</summary>
    public static IReadOnlyList<RadioFacts> Read(IReadOnlyList<byte[]> messages)
    {
        var reader = new RadioReader();
        foreach (var message in messages)
        {
            reader.Add(message);
        }

        return reader.Radios();
    }

    /// <summary>Takes one message in. What is no message of a radio changes nothing.</summary>
    public void Add(ReadOnlySpan<byte> payload)
    {
        if (!GenericNetlink.TryRead(payload, out _, out var attributes) || !attributes.TryFind(Nl80211.Attribute.Wiphy, out var number) || !number.TryUInt32(out var index) || index > int.MaxValue)
        {
            return;
        }

        if (!_radios.TryGetValue((int)index, out var radio))
        {
            _radios[(int)index] = radio = new Radio();
        }

        foreach (var attribute in attributes)
        {
            Add(radio, attribute);
        }
    }

    /// <summary>What has come together.</summary>
    public IReadOnlyList<RadioFacts> Radios() => [.. _radios.Where(pair => pair.Value.Name.Length > 0).Select(pair => pair.Value.ToFacts(pair.Key))];

    /// <summary>A set of interface types: flags whose numbers are the types.</summary>
    internal static InterfaceTypes TypesOf(NetlinkAttributes flags)
    {
        var types = InterfaceTypes.None;
        foreach (var flag in flags)
        {
            var type = flag.Type <= MaxInterfaceType ? (InterfaceTypes)(1 << flag.Type) : InterfaceTypes.None;
            // Types the contract has no name for (VLANs of access points, Wi-Fi Direct roles) are of no use here.
            types |= Enum.IsDefined(type) ? type : InterfaceTypes.None;
        }

        return types;
    }

    private static void Add(Radio radio, NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case Nl80211.Attribute.WiphyName when attribute.TryText(out var name):
                radio.Name = name;
                break;
            case Nl80211.Attribute.Mac when attribute.TryHardwareAddress(out var address):
                radio.MacAddress = address;
                break;
            case Nl80211.Attribute.SupportedIftypes:
                radio.Types |= TypesOf(attribute.Nested);
                break;
            case Nl80211.Attribute.SupportIbssRsn:
                radio.HasSecureAdHoc = true;
                break;
            case Nl80211.Attribute.FeatureFlags when attribute.TryUInt32(out var features):
                radio.Features |= features;
                break;
            case Nl80211.Attribute.ExtFeatures:
                radio.HasSaeOffload |= HasBit(attribute.Value, Nl80211.ExtendedFeature.SaeOffload);
                break;
            case Nl80211.Attribute.InterfaceCombinations:
                foreach (var combination in attribute.Nested)
                {
                    radio.Combinations.Add(CombinationOf(combination.Nested));
                }

                break;
            case Nl80211.Attribute.WiphyBands:
                foreach (var band in attribute.Nested)
                {
                    AddBand(radio, band);
                }

                break;
        }
    }

    private static void AddBand(Radio radio, NetlinkAttribute attribute)
    {
        if (attribute.Type is not (Nl80211.Band.TwoGhz or Nl80211.Band.FiveGhz or Nl80211.Band.SixGhz))
        {
            return;
        }

        if (!radio.Bands.TryGetValue(attribute.Type, out var band))
        {
            radio.Bands[attribute.Type] = band = new Band();
        }

        foreach (var part in attribute.Nested)
        {
            switch (part.Type)
            {
                case Nl80211.BandAttribute.HtCapa:
                    band.IsHt = true;
                    break;
                case Nl80211.BandAttribute.VhtCapa:
                    band.IsVht = true;
                    break;
                case Nl80211.BandAttribute.Freqs:
                    foreach (var frequency in part.Nested)
                    {
                        if (ChannelOf(frequency.Nested) is { } channel)
                        {
                            band.Channels[channel.Frequency] = channel;
                        }
                    }

                    break;
            }
        }
    }

    private static RadioChannel? ChannelOf(NetlinkAttributes attributes)
    {
        if (!attributes.TryFind(Nl80211.FrequencyAttribute.Freq, out var of) || !of.TryUInt32(out var frequency) || ChannelNumber.Of((int)frequency) is not (> 0 and var number))
        {
            return null;
        }

        var (isDisabled, isNoInitiate, isRadar, power) = (false, false, false, 0u);
        foreach (var attribute in attributes)
        {
            switch (attribute.Type)
            {
                case Nl80211.FrequencyAttribute.Disabled:
                    isDisabled = true;
                    break;
                case Nl80211.FrequencyAttribute.NoIr or Nl80211.FrequencyAttribute.NoIbss:
                    isNoInitiate = true;
                    break;
                case Nl80211.FrequencyAttribute.Radar:
                    isRadar = true;
                    break;
                case Nl80211.FrequencyAttribute.MaxTxPower:
                    attribute.TryUInt32(out power);
                    break;
            }
        }

        // The kernel counts in hundredths of a dBm.
        return new RadioChannel { Number = number, Frequency = (int)frequency, IsDisabled = isDisabled, IsNoInitiate = isNoInitiate, IsRadar = isRadar, MaxPower = power / 100.0 };
    }

    private static InterfaceCombination CombinationOf(NetlinkAttributes attributes)
    {
        var (most, channels) = (0u, 0u);
        var limits = new List<InterfaceLimit>();
        foreach (var attribute in attributes)
        {
            switch (attribute.Type)
            {
                case Nl80211.InterfaceCombinationAttribute.MaxNum:
                    attribute.TryUInt32(out most);
                    break;
                case Nl80211.InterfaceCombinationAttribute.NumChannels:
                    attribute.TryUInt32(out channels);
                    break;
                case Nl80211.InterfaceCombinationAttribute.Limits:
                    foreach (var limit in attribute.Nested)
                    {
                        limits.Add(LimitOf(limit.Nested));
                    }

                    break;
            }
        }

        return new InterfaceCombination(Bounded(most), Bounded(channels), limits);
    }

    private static InterfaceLimit LimitOf(NetlinkAttributes attributes)
    {
        var most = 0u;
        var types = InterfaceTypes.None;
        foreach (var attribute in attributes)
        {
            switch (attribute.Type)
            {
                case Nl80211.InterfaceLimitAttribute.Max:
                    attribute.TryUInt32(out most);
                    break;
                case Nl80211.InterfaceLimitAttribute.Types:
                    types = TypesOf(attribute.Nested);
                    break;
            }
        }

        return new InterfaceLimit(Bounded(most), types);
    }

    private static int Bounded(uint number) => (int)Math.Min(number, int.MaxValue);

    private static bool HasBit(ReadOnlySpan<byte> bits, int number) => number / 8 < bits.Length && (bits[number / 8] & (1 << (number % 8))) != 0;

    private sealed class Radio
    {
        public string Name { get; set; } = "";

        public string MacAddress { get; set; } = "";

        public InterfaceTypes Types { get; set; }

        public uint Features { get; set; }

        public bool HasSaeOffload { get; set; }

        public List<InterfaceCombination> Combinations { get; } = [];

        public bool HasSecureAdHoc { get; set; }

        public SortedDictionary<ushort, Band> Bands { get; } = [];

        public RadioFacts ToFacts(int index) => new()
        {
            Index = index,
            Name = Name,
            MacAddress = MacAddress,
            Types = Types,
            Combinations = Combinations,
            Bands = [.. Bands.Select(pair => new RadioBand(NameOf(pair.Key), pair.Value.IsHt, pair.Value.IsVht, [.. pair.Value.Channels.Values]))],
            HasSae = (Features & Nl80211.Feature.Sae) != 0 || HasSaeOffload,
            HasUserPeering = (Features & Nl80211.Feature.UserspaceMpm) != 0,
            HasSecureAdHoc = HasSecureAdHoc,
        };

        private static string NameOf(ushort band) => band switch
        {
            Nl80211.Band.TwoGhz => "2.4 GHz",
            Nl80211.Band.FiveGhz => "5 GHz",
            _ => "6 GHz",
        };
    }

    private sealed class Band
    {
        public bool IsHt { get; set; }

        public bool IsVht { get; set; }

        public SortedDictionary<int, RadioChannel> Channels { get; } = [];
    }
}
