// Shows instruction counts: a table per group, the estimate for a board, and whether secrets change any count.
using System.Globalization;
using System.Text.Json;
using Skywire.Bench.Crypto;
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;
using Skywire.Crypto;
using Spectre.Console;

namespace Skywire.Bench.Counting;

/// <summary>A finished count.</summary>
internal sealed class CountReport(Machine machine, IReadOnlyList<Counted> counted, IReadOnlyList<Constancy> constancy)
{
    private static readonly JsonSerializerOptions JsonOptions = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Tables for a person.</summary>
    public void WriteTables()
    {
        TableConsole.Prepare();
        AnsiConsole.MarkupLineInterpolated($"ARM64 under emulation: instructions, not time. {machine.Runtime}; the runtime uses {machine.Features}; AEAD kernel {AeadKernels.Best}");
        foreach (var group in counted.GroupBy(c => c.Subject.Group))
        {
            WriteGroup(group.Key, [.. group]);
        }

        foreach (var c in constancy)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{c.Operation} on {c.Secrets} secrets: {c.Least:0} to {c.Most:0} instructions, {(c.Least == c.Most ? "the same for all" : "NOT the same for all")}");
        }

        foreach (var line in Estimates())
        {
            AnsiConsole.WriteLine(line);
        }
    }

    /// <summary>JSON for a program, with stable names.</summary>
    public void WriteJson() => Console.WriteLine(JsonSerializer.Serialize(
        new
        {
            Machine = machine,
            AeadKernel = AeadKernels.Best.ToString(),
            Counts = counted.Select(c => new { c.Subject.Group, c.Subject.Column, c.Subject.Bytes, c.Contender, PerOperation = c.Counts }),
            Constancy = constancy,
            Estimates = Estimates(),
        },
        JsonOptions));

    private static string Cell(Counted? counted, Counted? ours)
    {
        if (counted is null)
        {
            return "-";
        }

        var bytes = counted.Subject.Bytes;
        var count = bytes > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{counted.Counts.Total / bytes:0.00}/B")
            : string.Create(CultureInfo.InvariantCulture, $"{counted.Counts.Total / 1000:0.0} k");
        return counted.Contender == Contender.Ours || ours is null ? $"[bold]{count}[/]" : string.Create(CultureInfo.InvariantCulture, $"{count}  [bold]{ours.Counts.Total / counted.Counts.Total:0.00}[/]");
    }

    private static string Share(double part, double whole) => string.Create(CultureInfo.InvariantCulture, $"{100 * part / whole:0} %");

    private Counted? Of(string group, string column, string contender) => counted.FirstOrDefault(c => c.Subject.Group == group && c.Subject.Column == column && c.Contender == contender);

    private void WriteGroup(string group, List<Counted> rows)
    {
        var columns = rows.Select(r => r.Subject.Column).Distinct().ToList();
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn($"[bold]{Markup.Escape(group)}[/]"));
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        }

        foreach (var name in rows.Select(r => r.Contender).Distinct())
        {
            table.AddRow([Markup.Escape(name), .. columns.Select(c => Cell(Of(group, c, name), Of(group, c, Contender.Ours)))]);
        }

        // What shows that the AdvSimd and MultiplyHigh paths are taken: the instructions that ran.
        table.AddRow(["[grey]ours: AdvSimd[/]", .. columns.Select(c => Of(group, c, Contender.Ours) is { } o ? Share(o.Counts.Vector, o.Counts.Total) : "-")]);
        table.AddRow(["[grey]ours: loads and stores[/]", .. columns.Select(c => Of(group, c, Contender.Ours) is { } o ? Share(o.Counts.Memory, o.Counts.Total) : "-")]);
        table.AddRow(["[grey]ours: UMULH per operation[/]", .. columns.Select(c => Of(group, c, Contender.Ours) is { } o ? o.Counts.MultiplyHigh.ToString("0", CultureInfo.InvariantCulture) : "-")]);
        AnsiConsole.Write(table);
    }

    private List<string> Estimates()
    {
        var lines = new List<string>();
        var large = AeadSubjects.Label(AeadSubjects.Sizes[^1]);
        if (Of(AeadSubjects.Seal, large, NativePeer.OpenSsl.Name) is { } openSsl)
        {
            var rate = BoardEstimate.OpenSslRate(openSsl.Counts.Total / openSsl.Subject.Bytes);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"Estimate, Cortex-A53 at 1.2 GHz, one core: OpenSSL's code runs {rate:0.00} instructions per cycle there (its counted {openSsl.Counts.Total / openSsl.Subject.Bytes:0.00} per byte over its published {BoardEstimate.OpenSslCyclesPerByte:0.00} cycles per byte)."));
            foreach (var group in (string[])[AeadSubjects.Seal, AeadSubjects.Open])
            {
                foreach (var size in AeadSubjects.Sizes)
                {
                    if (Of(group, AeadSubjects.Label(size), Contender.Ours) is { } ours)
                    {
                        lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {group} {size} B: {BoardEstimate.Megabits(ours.Counts, size, rate * BoardEstimate.CompiledShare):0} Mb/s at {BoardEstimate.CompiledShare:0.0} of that rate, {BoardEstimate.Megabits(ours.Counts, size, rate):0} Mb/s at all of it and one AdvSimd instruction per cycle (vision: {BoardEstimate.VisionFrom:0} to {BoardEstimate.VisionTo:0} Mb/s through a board)"));
                    }
                }
            }
        }

        foreach (var c in counted.Where(c => c.Contender == Contender.Ours && c.Subject.Group is CurveSubjects.Group or NoiseSubjects.Handshake))
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {c.Subject.Name}: {BoardEstimate.CurveMilliseconds(c.Counts):0.00} ms (one instruction per cycle, {BoardEstimate.MultiplyHighCycles:0} more for each UMULH)"));
        }

        return lines;
    }
}
