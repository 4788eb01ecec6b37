// skywire wifi run: the service.
using System.CommandLine;
using Skywire.Visor.Wifi;
using Skywire.Wifi.Control;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Commands;

internal static class WifiRunCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new WifiOptions();
        var settings = new Option<string>("--settings") { Description = "What the owner wants, as \"skywire board settings apply\" leaves it.", HelpName = "FILE", DefaultValueFactory = static _ => WifiSettingsFile.SystemFile };
        var unit = new Option<string>("--supplicant-unit") { Description = "Template unit of wpa_supplicant, one an interface: NAME@INTERFACE.service.", HelpName = "NAME", DefaultValueFactory = static _ => SupplicantOptions.SystemUnit };
        var noSetup = new Option<bool>("--no-setup") { Description = "Never offer the setup access point." };
        var ignored = new Option<string[]>("--ignore-wire") { Description = "A wired interface that is no cable of the owner's: the setup access point is offered all the same.", HelpName = "NAME" };
        return context.Command(
            "run",
            "Run the wifi service: asks the radios, chooses, joins the mesh and stays joined. Started by its unit, skyminer-wifi.",
            ["skywire wifi run", "skywire wifi run --settings wifi.json --run /run/skyminer-wifi-2 --supplicant-unit skyminer-wpa-2 --no-setup"],
            [options.Run, settings, unit, noSetup, ignored],
            async (result, _) =>
            {
                await WifiProgram.RunAsync(new WifiPlaces(Path.GetFullPath(result.GetValue(settings)!), options.Folder(result), result.GetValue(unit)!, !result.GetValue(noSetup), result.GetValue(ignored) ?? []), context.Output.Error);
                return ExitCode.Ok;
            });
    }
}
