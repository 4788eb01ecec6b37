// skywire board settings apply|set|check|sample|forget: the settings file on the card.
using System.CommandLine;
using Skywire.Boards.Buttons;
using Skywire.Boards.Data;
using Skywire.Boards.Leds;
using Skywire.Boards.Settings;
using Skywire.Crypto;
using Skywire.Linux;
using Skywire.Visor.Board;

namespace Skywire.Visor.Commands;

internal static class BoardSettingsCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group("settings", $"The settings file on the card, {SettingsSample.FileName}.", Apply(context), Set(context), Check(context), Sample(context), Forget(context));

    private static Command Apply(CommandContext context)
    {
        var places = new PlaceOptions();
        var clock = new Option<bool>("--clock") { Description = "Set the clock to the last known time first, as \"board clock restore\" does." };
        return context.Command(
            "apply",
            "Make this boot's files from the settings: host name, network, ssh keys, the visor's configuration, the box's secret. Run by skyminer-settings.service at boot.",
            ["skywire board settings apply --clock", "skywire board settings apply --boot ./boot --data ./data --run ./run --state ./state --root ./root"],
            [.. places.All, clock, context.Json],
            (result, _) =>
            {
                var here = places.Value(result);
                var machine = BoardMachine.Find(BoardCatalog.SystemFolder, null, LedClass.SystemFolder, here)!;
                // One process for both: on the slowest boards starting a program is what takes the time.
                if (result.GetValue(clock) && here.Root == "/")
                {
                    context.Output.Error.WriteLine(BoardClockCommand.Restore(here.Kept, here.Run));
                }

                // The first thing to be seen of a board that starts.
                new LedDriver(machine.Leds).Show(LedPolicy.Tasks(machine.Present, BoardState.Booting, ButtonAnswer.None), "");
                Show(context, result, ApplyTo(here, machine.Board));

                // Mistakes are the operator's to mend, not a failed unit: the board is up with the rest.
                return Task.FromResult(ExitCode.Ok);
            });
    }

    private static Command Set(CommandContext context)
    {
        var places = new PlaceOptions();
        var words = new Argument<string[]>("KEY=VALUE") { Description = "Settings; an empty value takes one back. Passwords and passphrases only by --from, as arguments are seen in the list of processes.", Arity = ArgumentArity.ZeroOrMore };
        var from = new Option<string?>("--from") { Description = "Read more of them from a file, a line each, or from the standard input (-).", HelpName = "FILE" };
        var only = new Option<string?>("--only") { Description = "Refuse other keys than these, separated by commas.", HelpName = "KEYS" };
        var remove = new Option<bool>("--remove-order") { Description = "Remove the file as soon as it is read." };
        var answer = new Option<string?>("--answer") { Description = "Write what was wrong as JSON to this file, for who wrote the order.", HelpName = "FILE" };
        return context.Command(
            "set",
            $"Change single settings in {SettingsSample.FileName} on the card and apply them. Nothing is changed when one of them is wrong.",
            ["skywire board settings set name=attic wifi_country=DE", "printf 'mesh_name=home\nmesh_passphrase=%s\n' \"$PASSPHRASE\" | skywire board settings set --from -", "skywire board settings set wifi_channel="],
            [words, from, only, remove, answer, .. places.All, context.Json],
            (result, _) =>
            {
                var here = places.Value(result);
                var (orders, mistakes) = Orders(result.GetValue(words)!, result.GetValue(from), result.GetValue(remove));
                if (result.GetValue(only)?.Split(',') is { } allowed)
                {
                    mistakes.AddRange(orders.Where(o => !allowed.Contains(o.Key)).Select(o => new SettingsMistake(0, o.Key, "may not be set this way", "change it in the file on the card, or at a terminal")));
                }

                if (mistakes.Count == 0 && orders.Count == 0)
                {
                    mistakes.Add(new SettingsMistake(0, "", "there is nothing to set", "give KEY=VALUE, or --from FILE"));
                }

                if (mistakes.Count == 0)
                {
                    mistakes.AddRange(SettingsWriter.Change(here, orders));
                }

                if (result.GetValue(answer) is { } path)
                {
                    AtomicFile.Write(path, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new SettingsCheckView(mistakes.Count == 0, mistakes), BoardViewJson.Default.SettingsCheckView), AtomicFile.Private);
                }

                if (mistakes.Count > 0)
                {
                    Print(context, mistakes);
                    return Task.FromResult(ExitCode.Configuration);
                }

                Show(context, result, ApplyTo(here, BoardMachine.Find(BoardCatalog.SystemFolder, null, LedClass.SystemFolder, here)!.Board));
                return Task.FromResult(ExitCode.Ok);
            });
    }

    private static (List<SettingOrder> Orders, List<SettingsMistake> Mistakes) Orders(string[] words, string? from, bool isRemoved)
    {
        var (orders, mistakes) = (new List<SettingOrder>(), new List<SettingsMistake>());
        foreach (var word in words)
        {
            SettingsChange.ReadOrder(word, 0, orders, mistakes);
        }

        foreach (var order in orders.Where(o => SettingsChange.SecretKeys.Contains(o.Key)))
        {
            mistakes.Add(new SettingsMistake(0, order.Key, "is a secret and must not be an argument: others see those in the list of processes", "give it by --from FILE, or on the standard input by --from -"));
        }

        if (from is not null)
        {
            var (more, wrong) = SettingsChange.ReadOrders(from == "-" ? StandardInput() : File.ReadAllBytes(from));
            orders.AddRange(more);
            mistakes.AddRange(wrong);
            if (isRemoved && from != "-")
            {
                File.Delete(from);
            }
        }

        return (orders, mistakes);
    }

    private static byte[] StandardInput()
    {
        // A little more than is taken, so that what is too long is refused and not cut.
        using var input = Console.OpenStandardInput();
        var buffer = new byte[SettingsChange.MaxSize + 1];
        return buffer[..input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }

    private static SettingsOutcome ApplyTo(ApplyPlaces here, BoardFile board)
    {
        var mesh = new MeshConfiguration(SystemEntropy.Instance, here.System(MeshConfiguration.PublicServicesFile.TrimStart('/')));
        return new SettingsApplier(here, board, mesh, here.Root == "/" ? new RunningSystem() : new NoSystem()).Apply();
    }

    private static void Show(CommandContext context, ParseResult result, SettingsOutcome outcome)
    {
        if (result.GetValue(context.Json))
        {
            context.Output.Json(outcome, BoardViewJson.Default.SettingsOutcome);
            return;
        }

        context.Output.Out.WriteLine($"{outcome.Name}: services {outcome.Services}, mesh {outcome.MeshName}{(outcome.IsOpenBox ? " (open)" : "")}, ssh {(outcome.HasSsh ? "on" : "off")}, configuration {outcome.MeshFile}");
        Print(context, outcome.Mistakes);
    }

    private static Command Check(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "Settings file to check." };
        return context.Command("check", "Check a settings file and name every mistake.", ["skywire board settings check skyminer.conf", "skywire board settings check /media/me/BOOT/skyminer.conf --json"], [file, context.Json], (result, _) =>
        {
            var reading = SettingsReader.Read(File.ReadAllBytes(result.GetValue(file)!));
            if (result.GetValue(context.Json))
            {
                context.Output.Json(new SettingsCheckView(reading.Mistakes.Count == 0, reading.Mistakes), BoardViewJson.Default.SettingsCheckView);
            }
            else if (reading.Mistakes.Count == 0)
            {
                context.Output.Out.WriteLine($"{result.GetValue(file)}: good");
            }
            else
            {
                Print(context, reading.Mistakes);
            }

            return Task.FromResult(reading.Mistakes.Count == 0 ? ExitCode.Ok : ExitCode.Configuration);
        });
    }

    private static Command Sample(CommandContext context) => context.Command("sample", "Print the documented sample that lies on every card.", ["skywire board settings sample > skyminer.conf"], [], (_, _) =>
    {
        context.Output.Out.Write(SettingsSample.Text());
        return Task.FromResult(ExitCode.Ok);
    });

    private static Command Forget(CommandContext context)
    {
        var places = new PlaceOptions();
        return context.Command(
            "forget",
            "Put the sample back and remove passwords and the box's secret; the board keeps its identity. What holding the button does, without the restart.",
            ["skywire board settings forget", "skywire board settings forget && reboot"],
            places.All,
            (result, _) =>
            {
                foreach (var line in new SettingsForgetter(places.Value(result)).Forget())
                {
                    context.Output.Out.WriteLine(line);
                }

                return Task.FromResult(ExitCode.Ok);
            });
    }

    private static void Print(CommandContext context, IReadOnlyList<SettingsMistake> mistakes)
    {
        foreach (var mistake in mistakes)
        {
            context.Output.Fail(SettingsErrors.Line(mistake), mistake.Remedy);
        }
    }

    private sealed class PlaceOptions
    {
        private readonly Option<string> _boot = BoardOptions.Folder("--boot", "The card's FAT partition.", ApplyPlaces.Default.Boot);
        private readonly Option<string> _data = BoardOptions.Folder("--data", "The data partition.", ApplyPlaces.Default.Data);
        private readonly Option<string> _run = BoardOptions.Folder("--run", "Where this boot's files go.", ApplyPlaces.Default.Run);
        private readonly Option<string> _state = BoardOptions.Folder("--state", "The visor's own folder.", ApplyPlaces.Default.State);
        private readonly Option<string> _root = BoardOptions.Folder("--root", "Root of the system's other folders; another one than / leaves the running system alone.", ApplyPlaces.Default.Root);

        public IReadOnlyList<Option> All => [_boot, _data, _run, _state, _root];

        public ApplyPlaces Value(ParseResult result)
            => new(Full(result, _boot), Full(result, _data), Full(result, _run), Full(result, _state), Full(result, _root));

        private static string Full(ParseResult result, Option<string> option) => Path.GetFullPath(result.GetValue(option)!);
    }

    // Applying to another tree is for building and trying: the machine it happens on keeps its name.
    private sealed class NoSystem : ISystemSettings
    {
        public void SetHostName(string name)
        {
        }

        public bool IsKept(string folder) => true;

        public void SetWifiCountry(string country)
        {
        }
    }
}
