// check setup.
using System.CommandLine;
using Skywire.Workbench.Checks;
using Skywire.Workbench.Checks.Setup;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Commands;

/// <summary><c>check setup</c>: a board's first settings over the air.</summary>
internal static class SetupChecks
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var options = new EmulationOptions(QemuMachine.Virt, 2281, 8181);
        var json = new Option<bool>("--json") { Description = "figures as JSON on standard output" };
        var program = new Option<string?>("--program") { Description = "a published linux-arm64 skywire to use instead of the image's" };
        program.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } file && !File.Exists(file))
            {
                result.AddError($"--program: there is no {file}");
            }
        });
        var command = options.AddTo(new Command("setup", "A board without settings and cable, on simulated radios: setup access point, code on the console, a phone on it and one with a wrong code kept out, the page filled in by a real browser, the board in the mesh. Pictures of the page in .skyminer/check-setup. Example: tools/skyminer check setup --json") { json, program });
        command.SetAction(async (parsed, token) =>
        {
            await Prerequisites.EnsureAsync(Prerequisites.Setup, required: true, token);
            var (plan, image) = options.Read(parsed, SetupCheck.Folder, 1);
            EmulatedFleet.RequirePorts(plan);
            plan.Save();
            await using var check = new SetupCheck(plan, image.Image, parsed.GetValue(program) is { } file ? Path.GetFullPath(file) : null, new CheckProgress());
            var report = await check.RunAsync(token);
            return BoardChecks.Show(report, SetupCheckJson.Default.SetupCheckReport, report.Ok, report.Failures, parsed.GetValue(json));
        });
        return command;
    }
}
