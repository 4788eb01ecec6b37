// skywire wifi join|leave: a change of the card's settings, ordered from a console and followed until the radios have it.
using System.CommandLine;
using System.Globalization;
using System.Text;
using Skywire.Boards.Settings;
using Skywire.Visor.Wifi;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Commands;

internal static class WifiJoinCommand
{
    // The card is mounted writable, settings are made anew, the supplicant starts: ten seconds on a small board.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Command Join(CommandContext context)
    {
        var options = new WifiOptions();
        var name = new Argument<string>("NAME") { Description = "Name of the mesh, the same on all its boards: at most 32 letters, digits, '-', '_', '.'." };
        var file = new Option<string?>("--passphrase-file") { Description = "Read the passphrase from the first line of a file, or of standard input with -. Without it, it is asked for.", HelpName = "FILE|-" };
        var country = new Option<string?>("--country") { Description = "Country whose rules the radios keep: two letters.", HelpName = "CC" };
        var channel = new Option<string?>("--channel") { Description = "Channel number, or auto.", HelpName = "N|auto" };
        var noWait = NoWait();
        name.Validators.Add(r => Check(r, MeshRules.Name(r.GetValueOrDefault<string>())));
        country.Validators.Add(r => Check(r, MeshRules.Country(r.GetValueOrDefault<string>())));
        channel.Validators.Add(r => Check(r, MeshRules.Channel(r.GetValueOrDefault<string>())));
        name.CompletionSources.Add(_ => Heard());
        country.CompletionSources.Add("DE", "FR", "GB", "US");
        channel.CompletionSources.Add("auto", "1", "6", "11", "36");
        return context.Command(
            "join",
            "Join a mesh over the air: writes name and passphrase to the settings on the card, and waits until the radios have them. The visor starts again with them.",
            ["skywire wifi join home", "skywire wifi join home --country DE --channel 6", "skywire wifi join home --passphrase-file - < passphrase.txt", "skywire wifi join home --no-wait"],
            [name, file, country, channel, noWait, options.Run],
            async (result, cancellationToken) =>
            {
                var mesh = result.GetValue(name)!;
                var passphrase = await PassphraseAsync(result.GetValue(file), cancellationToken);
                List<(string, string)> changes = [("wifi", "auto"), ("mesh_name", mesh), ("mesh_passphrase", passphrase)];
                if (result.GetValue(country) is { } letters)
                {
                    changes.Add(("wifi_country", letters.ToUpperInvariant()));
                }

                if (result.GetValue(channel) is { } number)
                {
                    changes.Add(("wifi_channel", number));
                }

                return await ChangeAsync(context, options, result, result.GetValue(noWait), changes, r => r.MeshName == mesh && r.State != "off", cancellationToken);
            });
    }

    public static Command Leave(CommandContext context)
    {
        var options = new WifiOptions();
        var noWait = NoWait();
        return context.Command(
            "leave",
            "Switch the radios off, by the settings on the card. The mesh goes on over wires; \"skywire wifi join\" switches them on again.",
            ["skywire wifi leave", "skywire wifi leave --no-wait"],
            [noWait, options.Run],
            (result, cancellationToken) => ChangeAsync(context, options, result, result.GetValue(noWait), [("wifi", "off")], r => r.State is "off" or "no_radio", cancellationToken));
    }

    private static Option<bool> NoWait() => new("--no-wait") { Description = "Give the order and do not wait until it is carried out." };

    private static async Task<int> ChangeAsync(CommandContext context, WifiOptions options, ParseResult result, bool isLeftAlone, IReadOnlyList<(string, string)> changes, Func<WifiReport, bool> isDone, CancellationToken cancellationToken)
    {
        var before = options.Live(result).At;
        var folder = options.Folder(result);
        var order = new SettingsOrder(folder);
        WifiOptions.Order(() => order.Give(changes));
        if (isLeftAlone)
        {
            context.Output.Out.WriteLine("ordered; \"skywire wifi status\" shows what comes of it");
            return ExitCode.Ok;
        }

        var progress = new ProgressLine(context.Output);
        WifiReport? report;
        IReadOnlyList<SettingsAnswerMistake> mistakes = [];
        try
        {
            // A report of before the order may say the same already: the passphrase alone was changed.
            report = await new WifiFollower(folder, TimeProvider.System).WaitAsync(
                r => (mistakes = [.. order.Answer()?.Mistakes?.OfType<SettingsAnswerMistake>() ?? []]).Count > 0 || (!order.IsWaiting && r.At > before && isDone(r)),
                Limit,
                (r, waited) => progress.Show(order.IsWaiting ? "waiting until the settings are written" : $"settings are written; radios: {r?.State ?? "no report"}", waited),
                cancellationToken);
        }
        finally
        {
            progress.End();
        }

        if (mistakes.Count > 0)
        {
            foreach (var mistake in mistakes)
            {
                context.Output.Fail($"{mistake.Key} {mistake.Cause}".Trim(), mistake.Remedy ?? "");
            }

            return ExitCode.Configuration;
        }

        if (report is not null)
        {
            context.Output.Out.WriteLine($"{report.State}: {report.Reason}");
            return ExitCode.Ok;
        }

        if (!order.IsWaiting)
        {
            throw new CliException(ExitCode.Timeout, $"the settings are written, and the radios have not taken them within {Limit.TotalSeconds:0} seconds", "\"skywire wifi status\" says what they do, \"skywire board status\" names mistakes in the settings");
        }

        // It holds a passphrase, and would come as a surprise later.
        WifiOptions.Order(order.Revoke);
        throw new CliException(ExitCode.Timeout, $"nobody carried the order out within {Limit.TotalSeconds:0} seconds; it is taken back", "\"systemctl status skyminer-settings-order.path\": it has to wait for orders");
    }

    private static async Task<string> PassphraseAsync(string? file, CancellationToken cancellationToken)
    {
        var passphrase = file switch
        {
            "-" => await Console.In.ReadLineAsync(cancellationToken) ?? "",
            not null => await FirstLineAsync(file, cancellationToken),
            _ => Ask(),
        };
        return MeshRules.Passphrase(passphrase) is { } fault
            ? throw new CliException(ExitCode.Usage, "the passphrase " + fault, "8 to 63 characters, the same on all boards of the mesh; a mesh without one is not formed on the air")
            : passphrase;
    }

    private static async Task<string> FirstLineAsync(string file, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(file, Encoding.UTF8);
        return await reader.ReadLineAsync(cancellationToken) ?? "";
    }

    // Letter by letter without an echo; what was typed is in the process's memory until it ends, which is at once.
    private static string Ask()
    {
        if (Console.IsInputRedirected)
        {
            throw new CliException(ExitCode.Usage, "there is no terminal to ask for the passphrase", "use --passphrase-file FILE, or - for standard input");
        }

        Console.Error.Write("Passphrase of the mesh: ");
        var text = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                text.Length -= text.Length > 0 ? 1 : 0;
            }
            else if (!char.IsControl(key.KeyChar))
            {
                text.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return text.ToString();
    }

    private static IEnumerable<string> Heard()
        => WifiReportFile.Read(WifiFolder.Default)?.Heard.Where(h => h.Type == "mesh_point" && MeshRules.Name(h.Name) is null).Select(h => h.Name).Distinct() ?? [];

    private static void Check(System.CommandLine.Parsing.SymbolResult result, string? fault)
    {
        if (fault is not null)
        {
            result.AddError(fault);
        }
    }
}
