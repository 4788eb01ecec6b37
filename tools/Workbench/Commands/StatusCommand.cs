using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skywire.Workbench.Lab;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>status [--json]</c>.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "as JSON on standard output" };
        var command = new Command("status", "Shows the running lab: boards, links, routes, LED state, bytes. Example: tools/skyminer status --json") { json };
        command.SetAction(async (parsed, token) =>
        {
            var plan = LabPlan.Require();
            var status = await LabStatus.ReadAsync(plan, token);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(status, StatusJson.Default.LabStatus));
            }
            else
            {
                Show(plan, status);
            }

            return status.Boards.All(b => b.PublicKey is not null) ? 0 : 1;
        });
        return command;
    }

    /// <summary>The table a person looks at, and the lines to try.</summary>
    public static void Show(LabPlan plan, LabStatus status)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("board", "public key", "links up", "routes", "LED", "sent", "received", "memory");
        foreach (var board in status.Boards)
        {
            var up = board.Links.Where(l => l.Up).Select(l => $"{l.Remote} {l.Type}").ToList();
            table.AddRow(
                new Markup($"[bold]{board.Name}[/]"),
                new Text(board.PublicKey is { } key ? key[..16] + "…" : "-"),
                new Text(up.Count > 0 ? string.Join(", ", up) : "none"),
                new Text(string.Create(CultureInfo.InvariantCulture, $"{board.Routes} open, {board.Rules} rules")),
                new Markup(Led(board.State)),
                new Text(Bytes(board.SentBytes)),
                new Text(Bytes(board.ReceivedBytes)),
                new Text(string.Create(CultureInfo.InvariantCulture, $"{board.RssMb:0} MB")));
        }

        AnsiConsole.Write(table);
        foreach (var board in status.Boards.Where(b => b.Reason.Length > 0 && b.State is not ("traffic" or "joined")))
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]{board.Name}[/]: {board.Reason}");
        }

        var last = plan.Boards[^1];
        Console.WriteLine($"""
            Try:
              curl --socks5-hostname 127.0.0.1:{plan.ProxyPort} http://127.0.0.1:{last.PagePort}/     board {last.Name}'s own page, over relay {plan.Boards[1].Name}
              {string.Join("   ", status.Boards.Select(b => b.Page))}     the boards' pages
              {Path.GetRelativePath(Directory.GetCurrentDirectory(), plan.Program)} status --socket {Path.GetRelativePath(Directory.GetCurrentDirectory(), plan.Boards[0].Socket)}
              tools/skyminer check traffic
            """);
    }

    private static string Led(string state) => state switch
    {
        "traffic" => "[green]● blinking: traffic[/]",
        "joined" => "[green]● joined[/]",
        "linked" => "[yellow]● linked[/]",
        "booting" => "[blue]◌ booting[/]",
        "no_link" => "[red]◌ no link[/]",
        _ => $"[red]● {Markup.Escape(state)}[/]",
    };

    private static string Bytes(long n) => n switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{n / 1e9:0.00} GB"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{n / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{n / 1e3:0.0} kB"),
    };
}
