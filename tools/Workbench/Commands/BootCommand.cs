using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Skywire.Workbench.Emulation;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>boot MACHINE</c>, <c>boot stop</c>, <c>boot status</c>, <c>boot logs</c>: real images under emulation, for people to look at.</summary>
internal static class BootCommand
{
    private const int MostBoards = 8;
    private static readonly TimeSpan LoginLimit = TimeSpan.FromMinutes(10);

    public static Command Create() => new("boot", """
        Boots a real image under QEMU: boot loader, slot, kernel, systemd, visor. Boards of one start share a wire.

        Examples:
          tools/skyminer boot qemu-virt                                one board, until Ctrl-C
          tools/skyminer boot qemu-virt --boards 3 --detach            three on one wire, in the background
          tools/skyminer boot qemu-virt --conf my.conf --memory 512    with settings, on the smallest board
          tools/skyminer boot status | logs a -f | stop
        """)
    {
        Virt(), Raspi3b(), Stop(), Status(), Logs(),
    };

    private static Command Virt()
    {
        var options = new EmulationOptions(QemuMachine.Virt, 2201, 8101);
        var boards = new Option<int>("--boards") { Description = $"how many, 1 to {MostBoards}", DefaultValueFactory = _ => 1 };
        boards.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostBoards)
            {
                result.AddError($"--boards takes 1 to {MostBoards}");
            }
        });
        var conf = new Option<string?>("--conf") { Description = "a skyminer.conf for every board; default: the image's own, and the key below .skyminer/boards opens ssh" };
        var detach = Detach();
        var keep = Keep();
        var command = options.AddTo(new Command(QemuMachine.Virt, "QEMU's virtual ARM board: disk, uplink, common wire, watchdog, two LEDs and a button.") { boards, conf, detach, keep });
        command.SetAction(async (parsed, token) =>
        {
            await Prerequisites.EnsureAsync(Prerequisites.Emulation, required: true, token);
            RequireNone();
            var (plan, image) = options.Read(parsed, FleetPlan.UsualFolder, parsed.GetValue(boards));
            EmulatedFleet.RequirePorts(plan);
            var settings = parsed.GetValue(conf) is { } file
                ? await ReadSettingsAsync(file, token)
                : BoardSettings.Text([("ssh_key", await BoardShell.EnsureKeyAsync(plan, token))]);
            return await RunAsync(plan, image, settings, parsed.GetValue(detach), parsed.GetValue(keep), token);
        });
        return command;
    }

    private static Command Raspi3b()
    {
        var options = new EmulationOptions(QemuMachine.Raspi3b, 0, 0);
        var detach = Detach();
        var keep = Keep();
        var command = options.AddTo(new Command(QemuMachine.Raspi3b, "QEMU's Raspberry Pi 3 B: SD card and serial console. QEMU gives it no network that Linux finds.") { detach, keep });
        command.SetAction(async (parsed, token) =>
        {
            await Prerequisites.EnsureAsync(Prerequisites.Emulation, required: true, token);
            RequireNone();
            var (plan, image) = options.Read(parsed, FleetPlan.UsualFolder, 1);
            return await RunAsync(plan, image, null, parsed.GetValue(detach), parsed.GetValue(keep), token);
        });
        return command;
    }

    private static Command Stop()
    {
        var command = new Command("stop", "Pulls the plug of all boards started here. Their cards stay: boot again with --keep.");
        command.SetAction(async (_, token) =>
        {
            var running = FleetPlan.Load(FleetPlan.UsualFolder)?.Boards.Where(b => QemuProcess.Pid(b) is not null).ToList() ?? [];
            foreach (var board in running)
            {
                await QemuProcess.StopAsync(board, token);
            }

            Console.WriteLine(running.Count > 0 ? $"stopped {string.Join(", ", running.Select(b => b.Name))}" : "nothing was running");
            return 0;
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "Shows the boards, whether they run, and how to reach them.");
        command.SetAction(_ =>
        {
            var plan = FleetPlan.Require();
            Show(plan);
            return plan.Boards.All(b => QemuProcess.Pid(b) is not null) ? 0 : 1;
        });
        return command;
    }

    private static Command Logs()
    {
        var board = new Argument<string?>("board") { Description = "a, b, c ...; without it, the end of each", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "go on as the consoles speak" };
        var lines = new Option<int>("--lines", "-n") { Description = "how many lines from the end", DefaultValueFactory = _ => 40 };
        var command = new Command("logs", "Shows what the boards said on their serial consoles. Example: tools/skyminer boot logs a -f") { board, follow, lines };
        command.SetAction(async (parsed, token) =>
        {
            var plan = FleetPlan.Require();
            IReadOnlyList<EmulatedBoard> boards = parsed.GetValue(board) is { } name ? [plan.Board(name)] : plan.Boards;
            foreach (var one in boards)
            {
                if (boards.Count > 1)
                {
                    Console.WriteLine($"--- {one.Name}");
                }

                foreach (var line in File.Exists(one.Console) ? File.ReadLines(one.Console).TakeLast(parsed.GetValue(lines)) : [])
                {
                    Console.WriteLine(line);
                }
            }

            if (parsed.GetValue(follow))
            {
                await Shell.RunAsync("tail", ["-n", "0", "-F", .. boards.Select(b => b.Console)], token, onLine: Console.WriteLine);
            }

            return 0;
        });
        return command;
    }

    private static Option<bool> Detach() => new("--detach", "-d") { Description = "go on in the background: boot status, boot logs, boot stop" };

    private static Option<bool> Keep() => new("--keep") { Description = "with the cards of the last start: a second boot; --image and --conf do not touch them" };

    private static void RequireNone()
    {
        if (FleetPlan.Load(FleetPlan.UsualFolder)?.Boards.Any(b => QemuProcess.Pid(b) is not null) == true)
        {
            throw new WorkbenchException("boards are running already", "look at them: tools/skyminer boot status; stop them: tools/skyminer boot stop");
        }
    }

    private static async Task<string> ReadSettingsAsync(string file, CancellationToken cancellationToken) => File.Exists(file)
        ? await File.ReadAllTextAsync(file, cancellationToken)
        : throw new WorkbenchException($"there is no {file}", "image-build/boot/skyminer.conf is a sample with every setting explained");

    private static async Task<int> RunAsync(FleetPlan plan, BoardImage image, string? settings, bool detach, bool keep, CancellationToken cancellationToken)
    {
        plan.Save();
        var watches = new List<(EmulatedBoard Board, ConsoleWatch Watch)>();
        try
        {
            foreach (var board in plan.Boards)
            {
                if (!keep || !File.Exists(board.Card))
                {
                    await StepAsync($"card of board {board.Name}", () => EmulatedFleet.MakeCardAsync(board, image.Image, settings, cancellationToken));
                }

                watches.Add((board, new ConsoleWatch(board)));
                await QemuProcess.StartAsync(board, plan, stays: detach, cancellationToken);
            }

            foreach (var (board, watch) in watches)
            {
                foreach (var step in new[] { BootStep.Slot, BootStep.Kernel, BootStep.Login })
                {
                    await AnsiConsole.Status().StartAsync($"board {board.Name}: {step.ToString().ToLowerInvariant()}", _ => watch.WaitAsync(step, LoginLimit, cancellationToken));
                    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] board {board.Name}: {step.ToString().ToLowerInvariant()} [grey]{watch.Log.Seconds[step]:0.0} s after power-on[/]");
                }
            }

            Show(plan);
            if (detach)
            {
                AnsiConsole.MarkupLine("[grey]They go on in the background: tools/skyminer boot status, logs, stop.[/]");
                return 0;
            }

            AnsiConsole.MarkupLine("[grey]Ctrl-C pulls all plugs.[/]");
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine("stopping");
            await StopAllAsync(plan);
        }
        catch (WorkbenchException)
        {
            await StopAllAsync(plan);
            throw;
        }

        return 0;
    }

    private static async Task StopAllAsync(FleetPlan plan)
    {
        foreach (var board in plan.Boards)
        {
            await QemuProcess.StopAsync(board, CancellationToken.None);
        }
    }

    private static void Show(FleetPlan plan)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("board", "machine", "process", "page", "ssh", "console");
        string Here(string path) => Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        foreach (var board in plan.Boards)
        {
            var hasNetwork = board.Machine == QemuMachine.Virt;
            table.AddRow(
                board.Name,
                board.Machine,
                QemuProcess.Pid(board)?.ToString(CultureInfo.InvariantCulture) ?? "off",
                hasNetwork ? string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{board.PagePort}/") : "-",
                hasNetwork ? string.Create(CultureInfo.InvariantCulture, $"-p {board.SshPort} root@127.0.0.1") : "-",
                Here(board.Console));
        }

        AnsiConsole.Write(table);
        var first = plan.Boards[0];
        if (first.Machine == QemuMachine.Virt)
        {
            Console.WriteLine($"""
                Try:
                  ssh -i {Here(plan.SshKey)} -o StrictHostKeyChecking=no -p {first.SshPort} root@127.0.0.1 skywire status
                  socat -,raw,echo=0 UNIX-CONNECT:{Here(first.ConsoleSocket)}     the serial console itself
                """);
        }
    }

    private static async Task StepAsync(string name, Func<Task> step)
    {
        var watch = Stopwatch.StartNew();
        await AnsiConsole.Status().StartAsync(name, _ => step());
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] {name} [grey]{watch.Elapsed.TotalSeconds:0.0} s[/]");
    }
}
