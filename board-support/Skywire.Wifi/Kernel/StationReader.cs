// Stations from NL80211_CMD_GET_STATION.
using System.Buffers.Binary;
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>Reads one station.</summary>
internal static class StationReader
{
    // Rates are told in 100 kbit/s, the expected one in kbit/s.
    private const long RateUnit = 100_000;
    private const long ThroughputUnit = 1000;

    /// <summary>The station; false for what is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out Station station)
    {
        station = new Station { MacAddress = "" };
        if (!GenericNetlink.TryRead(payload, out _, out var attributes)
            || !attributes.TryFind(Nl80211.Attribute.Mac, out var mac)
            || !mac.TryHardwareAddress(out var address))
        {
            return false;
        }

        station = station with { MacAddress = address };
        if (attributes.TryFind(Nl80211.Attribute.StaInfo, out var info))
        {
            foreach (var attribute in info.Nested)
            {
                station = With(station, attribute);
            }
        }

        return true;
    }

    private static Station With(Station station, NetlinkAttribute attribute)
    {
        attribute.TryUInt8(out var small);
        attribute.TryUInt32(out var number);
        attribute.TryUInt64(out var large);
        return attribute.Type switch
        {
            Nl80211.StationInfo.InactiveTime => station with { Inactive = TimeSpan.FromMilliseconds(number) },
            Nl80211.StationInfo.Signal => station with { Signal = (sbyte)small },
            Nl80211.StationInfo.SignalAvg => station with { SignalAverage = (sbyte)small },
            Nl80211.StationInfo.TxBitrate => station with { TransmitRate = RateOf(attribute.Nested) },
            Nl80211.StationInfo.RxBitrate => station with { ReceiveRate = RateOf(attribute.Nested) },
            Nl80211.StationInfo.ExpectedThroughput => station with { ExpectedRate = number * ThroughputUnit },
            // The counters of four bytes turn over; those of eight come after them.
            Nl80211.StationInfo.TxBytes => station with { TransmitBytes = Math.Max(number, station.TransmitBytes) },
            Nl80211.StationInfo.RxBytes => station with { ReceiveBytes = Math.Max(number, station.ReceiveBytes) },
            Nl80211.StationInfo.TxBytes64 => station with { TransmitBytes = Bounded(large) },
            Nl80211.StationInfo.RxBytes64 => station with { ReceiveBytes = Bounded(large) },
            Nl80211.StationInfo.TxPackets => station with { TransmitPackets = number },
            Nl80211.StationInfo.TxRetries => station with { Retries = number },
            Nl80211.StationInfo.TxFailed => station with { Failed = number },
            Nl80211.StationInfo.AirtimeLinkMetric => station with { AirtimeMetric = number },
            Nl80211.StationInfo.PlinkState => station with { Peering = Enum.IsDefined((PeeringState)small) ? (PeeringState)small : PeeringState.Listen },
            Nl80211.StationInfo.StaFlags => WithFlags(station, attribute.Value),
            _ => station,
        };
    }

    // struct nl80211_sta_flag_update: which bits are told, and what they are.
    private static Station WithFlags(Station station, ReadOnlySpan<byte> value)
    {
        if (value.Length < 2 * sizeof(uint))
        {
            return station;
        }

        var flags = BinaryPrimitives.ReadUInt32LittleEndian(value) & BinaryPrimitives.ReadUInt32LittleEndian(value[sizeof(uint)..]);
        return station with { IsAuthorized = (flags & (1 << Nl80211.StationFlag.Authorized)) != 0, HasProtectedManagement = (flags & (1 << Nl80211.StationFlag.Mfp)) != 0 };
    }

    private static long RateOf(NetlinkAttributes rate)
    {
        if (rate.TryFind(Nl80211.RateInfo.Bitrate32, out var wide) && wide.TryUInt32(out var number))
        {
            return number * RateUnit;
        }

        return rate.TryFind(Nl80211.RateInfo.Bitrate, out var narrow) && narrow.TryUInt16(out var small) ? small * RateUnit : 0;
    }

    private static long Bounded(ulong number) => (long)Math.Min(number, long.MaxValue);
}
