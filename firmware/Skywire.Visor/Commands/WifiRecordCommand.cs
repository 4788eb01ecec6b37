// skywire wifi record: what a radio can do, as its kernel says it, in the form of board-support/radios: to plan with it elsewhere, or to add the chip to those.
using System.CommandLine;
using Skywire.Wifi.Kernel;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Visor.Commands;

internal static class WifiRecordCommand
{
    private const int MaxChip = 32;

    public static Command Create(CommandContext context)
    {
        var radio = new Argument<string?>("RADIO") { Description = "Which radio, \"phy0\". Not needed where there is one.", Arity = ArgumentArity.ZeroOrOne };
        var chip = new Option<string?>("--chip") { Description = "Name of the chip. Default: its driver.", HelpName = "NAME" };
        chip.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<string>() is not { Length: > 0 and <= MaxChip } name || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')))
            {
                r.AddError($"a chip's name has at most {MaxChip} letters, digits, '_' and '-'");
            }
        });
        return context.Command(
            "record",
            "Print what a radio of this machine can do, as its kernel says it. Nothing is changed, and no service is needed. \"skywire wifi plan --facts\" plans with it anywhere.",
            ["skywire wifi record > stick.json", "skywire wifi record phy1 --chip mt7612u > mt7612u.json"],
            [radio, chip],
            (result, _) =>
            {
                using var kernel = new Nl80211Kernel(TimeProvider.System);
                var facts = One(kernel.Radios(), result.GetValue(radio));
                var name = result.GetValue(chip) ?? (facts.Driver.Length > 0 ? facts.Driver : facts.Name);
                context.Output.Out.Write(RadioData.Format(RadioRecord.Of(facts, name, $"Linux {Environment.OSVersion.Version.ToString(3)}, nl80211 of {facts.Driver}")));
                return Task.FromResult(ExitCode.Ok);
            });
    }

    /// <summary>The radio that is meant. Without exactly one, the command ends.</summary>
    internal static RadioFacts One(IReadOnlyList<RadioFacts> radios, string? name)
    {
        var names = string.Join(", ", radios.Select(r => r.Driver.Length > 0 ? $"{r.Name} ({r.Driver})" : r.Name));
        return (radios, name) switch
        {
            ([], _) => throw new CliException(ExitCode.Failure, "this machine has no radio", "plug one in; \"dmesg\" says when its driver or its firmware is missing"),
            ([var one], null) => one,
            (_, null) => throw new CliException(ExitCode.Usage, "this machine has several radios", $"name one of {names}"),
            _ => radios.FirstOrDefault(r => r.Name == name) ?? throw new CliException(ExitCode.Usage, $"there is no radio {name}", $"there is {names}"),
        };
    }
}
