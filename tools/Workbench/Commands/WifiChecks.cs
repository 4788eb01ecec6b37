using System.CommandLine;
using System.Globalization;
using Skywire.Workbench.Checks;
using Skywire.Workbench.Checks.Wifi;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Commands;

/// <summary><c>check wifi</c>: radios simulated inside an emulated board.</summary>
internal static class WifiChecks
{
    // Eight programs of ours run in that one board, and its processors are the machine's.
    private const int MemoryMb = 2048;
    private const int MostProcessors = 2;

    public static Command Create()
    {
        var options = new EmulationOptions(QemuMachine.Virt, 2261, 8161, MemoryMb);
        var json = new Option<bool>("--json") { Description = "figures as JSON on standard output" };
        var only = new Option<string[]>("--only") { Description = "steps, by comma: " + string.Join(", ", WifiCheck.Names), AllowMultipleArgumentsPerToken = true };
        var faults = new Option<int>("--faults") { Description = "random sequences of faults of radios", DefaultValueFactory = _ => 10 };
        var seed = new Option<ulong?>("--seed") { Description = "seed of the faults; default: the time, and printed" };
        var program = new Option<string?>("--program") { Description = "a published linux-arm64 skywire to use instead of the image's" };
        var keep = new Option<bool>("--keep") { Description = "leave the board running, and say how to look into it" };
        var command = options.AddTo(new Command("wifi", """
            Simulated radios inside one emulated board, each with a wifi service as a board has it: a mesh, a line over three hops with visors on it, ad-hoc networks, trees, refused channels, radios that fail.
            Examples: tools/skyminer check wifi --json      tools/skyminer check wifi --only line,visors
                      tools/skyminer check wifi --only faults --faults 50 --seed 7      tools/skyminer check wifi --only tree --keep
            """) { only, faults, seed, program, keep, json });
        faults.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 1000)
            {
                result.AddError("--faults takes 0 to 1000");
            }
        });
        only.Validators.Add(result =>
        {
            foreach (var name in Split(result.GetValueOrDefault<string[]>()).Except(WifiCheck.Names))
            {
                result.AddError($"--only knows no step {name}; there are {string.Join(", ", WifiCheck.Names)}");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            await Prerequisites.EnsureAsync(Prerequisites.Emulation, required: true, token);
            var (plan, image) = options.Read(parsed, Path.Combine(Checkout.State, "check-wifi"), 1);
            EmulatedFleet.RequirePorts(plan);
            plan = plan with { Boards = [plan.Boards[0] with { Processors = Math.Min(MostProcessors, Environment.ProcessorCount) }] };
            plan.Save();
            var order = new WifiOrder([.. Split(parsed.GetValue(only))], parsed.GetValue(faults), parsed.GetValue(seed) ?? (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Existing(parsed.GetValue(program)), parsed.GetValue(keep));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed of the faults: {order.Seed}"));
            var report = await new WifiCheck(plan, image.Image, order, new CheckProgress()).RunAsync(token);
            if (order.Keep)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the board runs on: ssh -i {plan.SshKey} -o StrictHostKeyChecking=no -p {plan.Boards[0].SshPort} root@127.0.0.1; its end: kill $(cat {plan.Boards[0].PidFile})"));
            }

            return BoardChecks.Show(report, WifiReportJson.Default.WifiCheckReport, report.Ok, report.Failures, parsed.GetValue(json));
        });
        return command;
    }

    private static IEnumerable<string> Split(string[]? names) => (names ?? []).SelectMany(n => n.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string? Existing(string? file) => file is null || File.Exists(file) ? file : throw new WorkbenchException($"there is no {file}", "tools/skyminer publish linux-arm64 makes one");
}
