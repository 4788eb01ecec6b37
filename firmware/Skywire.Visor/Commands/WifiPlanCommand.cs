// skywire wifi plan: what each radio is for, how it links boards, on which channel, and why. On a board from its service, elsewhere from recorded radios.
using System.CommandLine;
using Skywire.Visor.Api.Model;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Commands;

internal static class WifiPlanCommand
{
    // A record takes some kilobytes.
    private const int MaxRecord = 1 << 20;

    public static Command Create(CommandContext context)
    {
        var options = new WifiOptions();
        var facts = new Option<string[]>("--facts") { Description = "Plan for a recorded radio (\"skywire wifi record\") in place of this board's. Given again: one board with all of them.", HelpName = "FILE" };
        var country = new Option<string?>("--country") { Description = "With --facts: country whose rules the radios keep. Default: only what is allowed everywhere.", HelpName = "CC" };
        country.Validators.Add(r =>
        {
            if (MeshRules.Country(r.GetValueOrDefault<string>()) is { } fault)
            {
                r.AddError(fault);
            }
        });
        country.CompletionSources.Add("DE", "FR", "GB", "US");
        return context.Command(
            "plan",
            "Show what each radio is for, how it links boards, on which channel, and why so.",
            ["skywire wifi plan", "skywire wifi plan --json", "skywire wifi plan --facts stick.json --country DE"],
            [options.Run, facts, country, context.Json],
            (result, _) =>
            {
                if (result.GetValue(facts) is { Length: > 0 } files)
                {
                    Print(context, result, Ahead(files, result.GetValue(country)));
                    return Task.FromResult(ExitCode.Ok);
                }

                if (result.GetValue(country) is not null)
                {
                    throw new CliException(ExitCode.Usage, "--country is for --facts", "this board's own country is a setting: wifi_country, or \"skywire wifi join\"");
                }

                var report = options.Last(result);
                Print(context, result, [.. report.Radios.Select(RowOf)]);
                return Task.FromResult(WifiOptions.End(context, report, ExitCode.Ok));
            });
    }

    private static void Print(CommandContext context, ParseResult result, IReadOnlyList<WifiPlanView> plans)
    {
        if (result.GetValue(context.Json))
        {
            context.Output.Json(plans, ApiJson.Default.IReadOnlyListWifiPlanView);
        }
        else
        {
            context.Output.Table(["RADIO", "ROLE", "MODE", "CHANNEL", "WHY"], plans.Select(p => new[] { p.Radio, p.Role, p.Mode, p.Frequency == 0 ? "-" : p.Channel == 0 ? $"{p.Frequency} MHz" : $"{p.Channel} ({p.Frequency} MHz)", p.Reason }));
        }
    }

    private static WifiPlanView RowOf(RadioReport radio) => new(radio.Name, radio.Driver, radio.Types, radio.Role, radio.Mode, radio.Channel, radio.Frequency, radio.PlanReason);

    // As on a board that has a mesh and a passphrase, serves people's devices where a radio is left for it, and has heard nobody yet.
    private static IReadOnlyList<WifiPlanView> Ahead(string[] files, string? country)
    {
        var wishes = new WifiWishes { Country = country?.ToUpperInvariant() ?? "", MeshName = "mesh", Passphrase = "passphrase", ClientName = "people", ClientPassphrase = "passphrase" };
        RadioFacts[] radios = [.. files.Select((file, i) => Read(file).Facts(wishes.Country.Length > 0 ? wishes.Country : "00", i))];
        return [.. WifiPlanner.Plan(radios, wishes, []).Select((plan, i) => new WifiPlanView(
            Path.GetFileNameWithoutExtension(files[i]),
            radios[i].Driver,
            radios[i].Types.Words(),
            plan.Role.Word(),
            plan.Mode.Word(),
            radios[i].Bands.SelectMany(b => b.Channels).FirstOrDefault(c => c.Frequency == plan.Frequency)?.Number ?? 0,
            plan.Frequency,
            plan.Reason))];
    }

    private static RadioRecord Read(string file)
    {
        if (new FileInfo(file) is { Exists: true, Length: > MaxRecord })
        {
            throw new CliException(ExitCode.Failure, $"{file} is larger than any record of a radio", "\"skywire wifi record\" makes one");
        }

        try
        {
            return RadioData.Parse(File.ReadAllBytes(file), file);
        }
        catch (InvalidDataException e)
        {
            throw new CliException(ExitCode.Failure, e.Message, "\"skywire wifi record\" makes such files; board-support/radios has some", e);
        }
    }
}
