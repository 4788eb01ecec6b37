// Who was online, in slots of five minutes (spec 11 §6). Written by the uptime tracker and, as in 2026, by the transport discovery.
using System.Globalization;
using System.Net;
using System.Text;
using Skywire.Crypto;
using Skywire.Services.Store;

namespace Skywire.Services.UptimeTracker;

/// <summary>What is known of a visor's last sign of life.</summary>
internal readonly record struct UptimeRow(string Key, DateTimeOffset Last, string Version, string Address);

/// <summary>Records: <c>ut.visor</c> key -> Unix seconds, version, address, one a line; <c>ut.day</c> key/yyyy-MM-dd -> seconds counted that day.</summary>
internal static class UptimeLedger
{
    private const string Visors = "ut.visor";
    private const string Days = "ut.day";
    private const int MaxVersionLength = 64;
    private const int DaySeconds = 86_400;

    /// <summary>One slot of uptime: a visor reports once in it.</summary>
    private const int SlotSeconds = 300;

    /// <summary>Online means heard of less than this long ago: one slot and a minute for delays.</summary>
    public static readonly TimeSpan OnlineFor = TimeSpan.FromMinutes(6);

    /// <summary>Daily figures are kept for two months: the month that is settled and the one before.</summary>
    private static readonly TimeSpan KeepDays = TimeSpan.FromDays(62);

    /// <summary>A visor silent for this long is forgotten.</summary>
    private static readonly TimeSpan KeepVisors = TimeSpan.FromDays(62);

    /// <summary>Counts the current slot for the visor, at most once.</summary>
    public static void Count(IStoreWriter writer, PubKey visor, string version, IPAddress? address, DateTimeOffset now)
    {
        var key = visor.ToString();
        var before = Get(writer, key);
        var shown = new string([.. version.Where(c => !char.IsControl(c)).Take(MaxVersionLength)]);
        var place = address?.ToString() ?? before?.Address ?? "";
        var seconds = now.ToUnixTimeSeconds();
        writer.Put(Visors, key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}\n{shown}\n{place}")), now + KeepVisors);
        if (before is { } last && last.Last.ToUnixTimeSeconds() / SlotSeconds == seconds / SlotSeconds)
        {
            return;
        }

        var day = $"{key}/{now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        var counted = writer.Get(Days, day) is { } record ? Seconds(record) : 0;
        writer.Put(Days, day, Encoding.ASCII.GetBytes(Math.Min(counted + SlotSeconds, DaySeconds).ToString(CultureInfo.InvariantCulture)), now + KeepDays);
    }

    public static UptimeRow? Get(IStoreReader reader, string key) => reader.Get(Visors, key) is { } record ? Read(record) : null;

    /// <summary>All visors in order of their keys.</summary>
    public static IEnumerable<UptimeRow> All(IStoreReader reader) => reader.Scan(Visors).Select(Read);

    /// <summary>Share of each day, in percent, in order of the days.</summary>
    public static IEnumerable<(string Day, double Percent)> DaysOf(IStoreReader reader, string key) =>
        reader.Scan(Days, key + "/").Select(record => (record.Key[(key.Length + 1)..], 100.0 * Seconds(record) / DaySeconds));

    private static int Seconds(StoredRecord record) => int.Parse(Encoding.ASCII.GetString(record.Value.Span), NumberStyles.None, CultureInfo.InvariantCulture);

    private static UptimeRow Read(StoredRecord record)
    {
        var parts = Encoding.UTF8.GetString(record.Value.Span).Split('\n');
        return new UptimeRow(record.Key, DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)), parts[1], parts[2]);
    }
}
