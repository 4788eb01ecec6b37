// Shows a run: one table per group with contenders as rows and sizes as columns, targets below; or all of it as JSON.
using System.Globalization;
using System.Text.Json;
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;
using Skywire.Crypto;
using Spectre.Console;

namespace Skywire.Bench.Crypto;

/// <summary>A finished run.</summary>
internal sealed class CryptoReport(Machine machine, int rounds, IReadOnlyList<Measured> measured, IReadOnlyList<Judged> judged, IReadOnlyList<string> repeated)
{
    private static readonly JsonSerializerOptions JsonOptions = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static IEnumerable<NativePeer> Absent => NativePeer.All.Where(p => !p.IsPresent);

    /// <summary>Tables for a person.</summary>
    public void WriteTables()
    {
        TableConsole.Prepare();
        AnsiConsole.MarkupLineInterpolated($"{machine.Processor}; {machine.Features}; AEAD kernel {AeadKernels.Best}; {machine.Cores} cores, pinned to {machine.Core}, load {machine.Load}");
        AnsiConsole.MarkupLineInterpolated($"{machine.Runtime}; {string.Join("; ", Versions())}");
        AnsiConsole.MarkupLineInterpolated($"Each cell: median time per operation over {rounds} rounds, then the median over the rounds of ours / peer (lower is better for us).");
        foreach (var group in measured.GroupBy(m => m.Subject.Group))
        {
            WriteGroup(group.Key, [.. group]);
        }

        WriteAnchors();
        foreach (var peer in Absent)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]skipped:[/] {peer.Name} is not installed (apt package {peer.Package})");
        }

        foreach (var name in repeated)
        {
            AnsiConsole.MarkupLineInterpolated($"measured twice, the second time counts: {name}");
        }

        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            var count = judged.Count(j => j.Verdict == verdict);
            if (count > 0)
            {
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{count} of {judged.Count} targets: {Describe(verdict)}");
            }
        }
    }

    /// <summary>JSON for a program, with stable names.</summary>
    public void WriteJson()
    {
        var result = new
        {
            Machine = machine,
            AeadKernel = AeadKernels.Best.ToString(),
            Rounds = rounds,
            Peers = Versions(),
            Skipped = Absent.Select(p => new { p.Name, p.Package }),
            Subjects = measured.Select(m => new { m.Subject.Group, m.Subject.Column, m.Subject.Bytes, m.Readings }),
            Targets = judged.Select(j => new { j.Target.Group, j.Target.Column, j.Target.Peer, j.Target.Must, j.Target.Ambition, j.Ratio, Verdict = JsonNamingPolicy.SnakeCaseLower.ConvertName(j.Verdict.ToString()) }),
            Anchors = Anchors().Select(a => new { a.Name, a.Value, a.Must, a.Met }),
            MeasuredTwice = repeated,
        };
        Console.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
    }

    private static List<string> Versions()
    {
        var versions = new List<string>();
        if (NativePeer.OpenSsl.IsPresent)
        {
            versions.Add(OpenSsl.Version);
        }

        if (NativePeer.Sodium.IsPresent)
        {
            versions.Add(Sodium.Version);
        }

        if (NativePeer.Secp256k1.File is { } file)
        {
            versions.Add(file);
        }

        versions.Add($"BouncyCastle {typeof(Org.BouncyCastle.Math.BigInteger).Assembly.GetName().Version}");
        return versions;
    }

    private static string Cell(Reading? reading, int bytes, bool isOurs)
    {
        if (reading is null)
        {
            return "[grey]-[/]";
        }

        var time = reading.Nanoseconds >= 10_000
            ? string.Create(CultureInfo.InvariantCulture, $"{reading.Nanoseconds / 1000:0.0} µs")
            : string.Create(CultureInfo.InvariantCulture, $"{reading.Nanoseconds:0} ns");
        var rate = bytes > 0 ? string.Create(CultureInfo.InvariantCulture, $" [grey]{bytes / reading.Nanoseconds * 1000:0} MB/s[/]") : "";
        return isOurs ? $"[bold]{time}[/]{rate}" : string.Create(CultureInfo.InvariantCulture, $"{time}{rate}  [bold]{reading.Ratio:0.00}[/]");
    }

    private static string Describe(Verdict verdict) => verdict switch
    {
        Verdict.Ambition => "ambition met",
        Verdict.Met => "met",
        Verdict.Close => "missed, within the gate's slack",
        _ => "missed",
    };

    private void WriteGroup(string group, List<Measured> columns)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn($"[bold]{Markup.Escape(group)}[/]"));
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column.Subject.Column)).RightAligned());
        }

        var names = columns.SelectMany(c => c.Readings).Select(r => r.Contender).Distinct().ToList();
        foreach (var name in names)
        {
            table.AddRow([Markup.Escape(name), .. columns.Select(c => Cell(c.Of(name), c.Subject.Bytes, name == Contender.Ours))]);
        }

        foreach (var peer in names)
        {
            var targets = columns.Select(c => judged.FirstOrDefault(j => j.Target.Group == group && j.Target.Column == c.Subject.Column && j.Target.Peer == peer)).ToList();
            if (targets.Any(t => t is not null))
            {
                table.AddRow([$"[grey]target, ours / {Markup.Escape(peer)}[/]", .. targets.Select(TargetCell)]);
            }
        }

        AnsiConsole.Write(table);
    }

    private static string TargetCell(Judged? target)
    {
        if (target is null)
        {
            return "";
        }

        var color = target.Verdict switch { Verdict.Ambition or Verdict.Met => "green", Verdict.Close => "yellow", _ => "red" };
        var word = target.Verdict switch { Verdict.Ambition => "ambition", Verdict.Met => "met", _ => "missed" };
        return string.Create(CultureInfo.InvariantCulture, $"{target.Target.Must:0.00}{(target.Target.Ambition is { } a ? $" ({a.ToString("0.00", CultureInfo.InvariantCulture)})" : "")} [{color}]{word}[/]");
    }

    private void WriteAnchors()
    {
        foreach (var anchor in Anchors())
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{anchor.Name}: {anchor.Value:0.###} [grey](asked: {anchor.Must:0.###})[/] {(anchor.Met ? "met" : "missed")}; not judged by the gate");
        }
    }

    // Lines that compare with a number from elsewhere: for orientation, never for the gate.
    private IEnumerable<(string Name, double Value, double Must, bool Met)> Anchors()
    {
        double? Ours(string group, string column) => measured.FirstOrDefault(m => m.Subject.Group == group && m.Subject.Column == column)?.Of(Contender.Ours)?.Nanoseconds;
        if (Ours(CurveSubjects.Group, CurveSubjects.Ecdh) is { } ecdh)
        {
            var perSecond = 1e9 / ecdh;
            yield return ("key agreements per second on this core", Math.Round(perSecond), CryptoTargets.EcdhPerSecond, perSecond >= CryptoTargets.EcdhPerSecond);
        }

        if (Ours(NoiseSubjects.Handshake, NoiseSubjects.BothSides) is { } handshake)
        {
            var share = handshake / CryptoTargets.ReferenceHandshakeNanoseconds;
            yield return ("Noise KK, both sides, as a share of the reference's 4.8 ms (measured on another day)", share, CryptoTargets.HandshakeMust, share <= CryptoTargets.HandshakeMust);
        }
    }
}
