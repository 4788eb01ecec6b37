// The wifi service's account on tmpfs: written whole and not more often than somebody looks, read by everybody who shows it.
using System.Text.Json;
using Skywire.Linux;

namespace Skywire.Wifi.Running;

/// <summary>Writes and reads <see cref="WifiReport"/>s. Writing is for one caller; reading is thread-safe.</summary>
public sealed class WifiReportFile(string folder, TimeProvider time)
{
    /// <summary>Name of the file in the service's folder.</summary>
    public const string FileName = "status.json";

    /// <summary>What changed is written at most this often.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <summary>What did not change is written this often, as a sign of life.</summary>
    public static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    /// <summary>A report older than this says that the service does not run: three signs of life are missing.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromSeconds(30);

    // A hundred neighbours with a quarter of an hour of signal each stay below 200 KB.
    private const int MaxSize = 1024 * 1024;

    private readonly string _path = PathIn(folder);
    private byte[] _last = [];
    private long _written;

    /// <summary>Why the last write failed; "" when it did not.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Where the report of a service's folder lies.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>
    /// Writes a report when it is due: something but its time and the neighbours' silence changed and the last one is a second old, or that one is 10 s old. False when it was not
    /// due or could not be written (<see cref="Fault"/>): offer the next one, an unwritable folder costs the report and not the service.
    /// </summary>
    public bool Write(WifiReport report)
    {
        var content = Content(report);
        var age = time.GetElapsedTime(_written);
        if (_last.Length > 0 && age < (content.AsSpan().SequenceEqual(_last) ? SignOfLife : Rest))
        {
            return false;
        }

        try
        {
            const UnixFileMode Mode = AtomicFile.GroupReadable | UnixFileMode.OtherRead;
            AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(report, WifiJson.Default.WifiReport), Mode);
            // A service's umask takes bits away, and then nobody else could read it.
            if (File.GetUnixFileMode(_path) != Mode)
            {
                File.SetUnixFileMode(_path, Mode);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fault = e.Message;
            return false;
        }

        (_last, _written, Fault) = (content, time.GetTimestamp(), "");
        return true;
    }

    /// <summary>The report in a service's folder; null when there is none or it is torn. Never throws for what the file holds.</summary>
    public static WifiReport? Read(string folder)
    {
        try
        {
            return new FileInfo(PathIn(folder)) is { Exists: true, Length: <= MaxSize } file ? Parse(File.ReadAllBytes(file.FullName)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A report from its bytes; null when they are none.</summary>
    public static WifiReport? Parse(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, WifiJson.Default.WifiReport) is { } report && IsWhole(report) ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Seconds of silence count up by themselves; they are no news.
    private static byte[] Content(WifiReport report) => JsonSerializer.SerializeToUtf8Bytes(
        report with { At = default, Radios = [.. report.Radios.Select(r => r with { Neighbours = [.. r.Neighbours.Select(n => n with { InactiveSeconds = 0 })] })] },
        WifiJson.Default.WifiReport);

    // JSON may say null where this program never does.
    private static bool IsWhole(WifiReport report)
        => report is { State: not null, Reason: not null, Country: not null, MeshName: not null, Radios: not null, Heard: not null, Counters: not null }
            && report.Radios.All(IsWhole)
            && report.Heard.All(h => h is { MacAddress: not null, Name: not null, Type: not null })
            && report.Setup is null or { Phase: not null, Reason: not null, Name: not null };

    private static bool IsWhole(RadioReport? radio)
        => radio is { Name: not null, Driver: not null, MacAddress: not null, Interface: not null, Types: not null, Role: not null, Mode: not null, PlanReason: not null, State: not null, Reason: not null, Neighbours: not null, Paths: not null, Steps: not null }
            && radio.Types.All(t => t is not null)
            && radio.Neighbours.All(n => n is { MacAddress: not null, SignalHistory: not null, Peering: not null })
            && radio.Paths.All(p => p is { Destination: not null, NextHop: not null })
            && radio.Steps.All(s => s is { Step: not null, Reason: not null });
}
