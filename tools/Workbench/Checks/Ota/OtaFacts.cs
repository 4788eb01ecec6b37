// What a board says about its updates, from its files rather than from its visor: they are what survives. Pure: the output of one script in, facts out.
using System.Globalization;
using System.Text.Json;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>An entry of the board's history. <paramref name="Trial"/> names the update it belongs to: its version and the moment its writing began.</summary>
internal sealed record OtaEvent(string Event, string Version, string Code, string Reason, DateTimeOffset? At, string Trial)
{
    /// <summary>When the slot began to be written; null when the entry belongs to no update.</summary>
    public DateTimeOffset? Begun => Trial.Split(' ') is [_, var at] && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null;
}

/// <summary>Facts of one moment.</summary>
internal sealed record OtaFacts
{
    // On a line of its own whatever stands before it: some of these files end without a line's end.
    private const string Mark = "-- ";

    /// <summary>Behind the name of a configuration file: its content in the form of an older version.</summary>
    public const string CopyOfForm = ".schema-";

    /// <summary>The script whose output <see cref="Parse"/> reads. Hashes are of everything that makes the board this board, and that no update may change.</summary>
    public static string Script { get; } = string.Join("; ",
        $"printf '\\n{Mark}slot\\n'", "sed -n 's/.*rauc.slot=\\([AB]\\).*/\\1/p' /proc/cmdline",
        $"printf '\\n{Mark}release\\n'", "cat /usr/lib/skyminer/release.json",
        $"printf '\\n{Mark}identity\\n'",
        $"for f in $(ls -d /data/ssh/ssh_host_* /data/skyminer/machine-id /boot/firmware/skyminer.conf /data/skywire/*.key /data/skywire/*.secret /data/skywire/*.json /data/skywire/*.json{CopyOfForm}* /data/skywire/*password* /data/skyminer/*password* 2>/dev/null | sort -u); do echo \"$f $(sha256sum <\"$f\" | cut -c1-16)\"; done",
        $"printf '\\n{Mark}history\\n'", "tail -n 40 /data/update/history.jsonl 2>/dev/null",
        $"printf '\\n{Mark}trial\\n'", "cat /data/update/trial.json 2>/dev/null",
        $"printf '\\n{Mark}reason\\n'", "cat /data/update/trial-reason 2>/dev/null",
        $"printf '\\n{Mark}client\\n'", "cat /data/update/client.json 2>/dev/null",
        $"printf '\\n{Mark}visor\\n'", "systemctl is-active skywire.service",
        $"printf '\\n{Mark}tries\\n'", "fw_printenv",
        $"printf '\\n{Mark}written\\n'", "cat /sys/class/block/$(basename $(readlink -f /dev/skyminer-disk))/stat",
        $"printf '\\n{Mark}end\\n'");

    /// <summary>The running slot.</summary>
    public required string Slot { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Files that make the board this board, with the first digits of their hashes.</summary>
    public required IReadOnlyDictionary<string, string> Identity { get; init; }

    /// <summary>The last entries of the history.</summary>
    public required IReadOnlyList<OtaEvent> History { get; init; }

    /// <summary>Stage of the trial record; "" when there is none.</summary>
    public required string Trial { get; init; }

    /// <summary>Why a trial that is not settled yet failed; "" when it says nothing.</summary>
    public required string TrialReason { get; init; }

    /// <summary>Versions the board remembers as failed.</summary>
    public required IReadOnlyList<string> Failed { get; init; }

    /// <summary>Phase of the client; "" when it does not answer.</summary>
    public required string Phase { get; init; }

    /// <summary>Bytes the client says came over the network.</summary>
    public required long BytesFetched { get; init; }

    /// <summary>Bytes the client says it took from the running slot.</summary>
    public required long BytesFromSlot { get; init; }

    /// <summary>Connections that broke, as the client counted them.</summary>
    public required int Retries { get; init; }

    /// <summary>State of the visor's unit.</summary>
    public required string VisorState { get; init; }

    /// <summary>Links that are up; null when the visor does not answer.</summary>
    public required int? Links { get; init; }

    /// <summary>The slot state as the running system reads it, one line each.</summary>
    public required IReadOnlyDictionary<string, string> Tries { get; init; }

    /// <summary>Bytes written to the card since the start of the machine.</summary>
    public required long WrittenBytes { get; init; }

    /// <summary>True when nothing is under way any more.</summary>
    public bool IsSettled => Trial.Length == 0 && VisorState == "active" && Phase is "idle" or "failed";

    /// <summary>What the visor answers, in the form that <see cref="Parse"/> reads behind the script's output; null for no answer. Not part of the script: a start of the program costs an emulated board seconds.</summary>
    public static string Answers(JsonElement? update, JsonElement? status) => $"\n{Mark}status\n{update}\n{Mark}links\n{status}\n";

    /// <summary>Reads the output of <see cref="Script"/>. What is missing counts as empty; the caller judges.</summary>
    public static OtaFacts Parse(string output)
    {
        var sections = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var current = new List<string>();
        foreach (var line in output.Split('\n').Select(l => l.TrimEnd('\r')))
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal))
            {
                sections[line[Mark.Length..]] = current = [];
            }
            else if (line.Length > 0)
            {
                current.Add(line);
            }
        }

        List<string> Section(string name) => sections.GetValueOrDefault(name) ?? [];
        JsonElement Json(string name) => Read(string.Join('\n', Section(name)));
        var status = Json("status");
        var written = Section("written").FirstOrDefault("").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new OtaFacts
        {
            Slot = Section("slot").FirstOrDefault(""),
            Version = Text(Json("release"), "version"),
            Identity = Pairs(Section("identity"), ' '),
            History = [.. Section("history").Select(Read).Where(e => e.ValueKind == JsonValueKind.Object).Select(e => new OtaEvent(Text(e, "event"), Text(e, "version"), Text(e, "code"), Text(e, "reason"), Time(e, "at"), Text(e, "trial")))],
            Trial = Json("trial") is { ValueKind: JsonValueKind.Object } trial ? Text(trial, "stage") is { Length: > 0 } stage ? stage : "unknown" : "",
            TrialReason = string.Join(' ', Section("reason")),
            Failed = [.. List(Json("client"), "failed").Select(f => Text(f, "version"))],
            Phase = Text(status, "phase"),
            BytesFetched = Number(status, "bytes_fetched"),
            BytesFromSlot = Number(status, "bytes_from_slot"),
            Retries = (int)Number(status, "retries"),
            VisorState = Section("visor").FirstOrDefault(""),
            Links = Json("links").ValueKind == JsonValueKind.Object ? (int)Number(Json("links"), "transports_up") : null,
            Tries = Pairs(Section("tries"), '='),
            // Documentation/block/stat.rst: the seventh number is sectors of 512 bytes written.
            WrittenBytes = written.Length > 6 && long.TryParse(written[6], NumberStyles.None, CultureInfo.InvariantCulture, out var sectors) ? sectors * 512 : 0,
        };
    }

    private static Dictionary<string, string> Pairs(IEnumerable<string> lines, char separator)
        => lines.Select(l => l.Split(separator, 2)).Where(p => p.Length == 2).GroupBy(p => p[0]).ToDictionary(g => g.Key, g => g.First()[1], StringComparer.Ordinal);

    private static JsonElement Read(string text)
    {
        try
        {
            return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException)
        {
            // A torn line of a log, or a visor that does not answer: there is nothing to read.
            return default;
        }
    }

    private static string Text(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static DateTimeOffset? Time(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time : null;

    private static long Number(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;

    private static JsonElement.ArrayEnumerator List(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;
}
