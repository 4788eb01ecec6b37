using System.CommandLine;
using Skywire.Workbench.Lab;

namespace Skywire.Workbench.Commands;

/// <summary><c>logs [BOARD] [-f]</c>.</summary>
internal static class LogsCommand
{
    public static Command Create()
    {
        var board = new Argument<string?>("board") { Description = "A, B, C or services; without it, the end of each", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "go on as lines are written" };
        var lines = new Option<int>("--lines", "-n") { Description = "how many lines from the end", DefaultValueFactory = _ => 40 };
        var command = new Command("logs", "Shows what boards and services wrote. Example: tools/skyminer logs B -f") { board, follow, lines };
        command.SetAction(async (parsed, token) =>
        {
            var plan = LabPlan.Load() ?? throw new WorkbenchException("there are no logs: no lab was started from this checkout", "start one: tools/skyminer up --detach");
            var name = parsed.GetValue(board);
            var count = parsed.GetValue(lines);
            var services = Path.Combine(LabPlan.ServicesFolder, "services.log");
            IReadOnlyList<(string Name, string File)> files = name is null
                ? [("services", services), .. plan.Boards.Select(b => (b.Name, b.Log))]
                : [string.Equals(name, "services", StringComparison.OrdinalIgnoreCase) ? ("services", services) : (plan.Board(name).Name, plan.Board(name).Log)];
            foreach (var (title, file) in files)
            {
                if (files.Count > 1)
                {
                    Console.WriteLine($"--- {title}");
                }

                foreach (var line in File.Exists(file) ? File.ReadLines(file).TakeLast(count) : [])
                {
                    Console.WriteLine(line);
                }
            }

            if (parsed.GetValue(follow))
            {
                await Shell.RunAsync("tail", ["-n", "0", "-F", .. files.Select(f => f.File)], token, onLine: Console.WriteLine);
            }

            return 0;
        });
        return command;
    }
}
