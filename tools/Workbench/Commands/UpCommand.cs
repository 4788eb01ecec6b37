using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Skywire.Workbench.Checks;
using Skywire.Workbench.Lab;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>up [--detach]</c>: the main job. Each step is shown with its time; the last one is a fetch over the whole path.</summary>
internal static class UpCommand
{
    // Three programs for another processor, emulated beside other emulated boards, did not all answer within a minute.
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(3);

    public static Command Create()
    {
        var detach = new Option<bool>("--detach", "-d") { Description = "go on in the background" };
        var loopback = new Option<bool>("--no-namespaces") { Description = "boards on loopback addresses even if namespaces could be made" };
        var proxyPort = new Option<int>("--proxy-port") { Description = "SOCKS5 port on 127.0.0.1", DefaultValueFactory = _ => 1080 };
        var pagePort = new Option<int>("--page-port") { Description = "first of three ports on 127.0.0.1 for the boards' pages", DefaultValueFactory = _ => 8001 };
        var program = new Option<string?>("--program") { Description = "a skywire executable to use instead of the one built from this checkout" };
        var command = new Command("up", "Starts the network's services, boards A, B, C, links A-B and B-C, a route A to C over B, and a SOCKS5 proxy on A that leaves through C.") { detach, loopback, proxyPort, pagePort, program };
        command.SetAction(async (parsed, token) =>
        {
            if (Supervisor.RunningPid() is not null)
            {
                throw new WorkbenchException("a lab is running already", "look at it: tools/skyminer status; stop it: tools/skyminer down");
            }

            var plan = await PrepareAsync(parsed.GetValue(program), parsed.GetValue(loopback), parsed.GetValue(proxyPort), parsed.GetValue(pagePort), token);
            return parsed.GetValue(detach) ? await DetachedAsync(plan, token) : await ForegroundAsync(plan, token);
        });
        return command;
    }

    /// <summary>The background half of <c>up --detach</c>.</summary>
    public static Command CreateSupervise()
    {
        var command = new Command("supervise") { Hidden = true };
        command.SetAction((_, token) =>
        {
            var plan = LabPlan.Load() ?? throw new WorkbenchException("no lab is planned", "tools/skyminer up --detach");
            RunSupervisor(plan, token).Join();
            return Task.FromResult(0);
        });
        return command;
    }

    private static async Task<LabPlan> PrepareAsync(string? program, bool loopback, int proxyPort, int pagePort, CancellationToken cancellationToken)
    {
        await Prerequisites.EnsureAsync(Prerequisites.Lab, required: true, cancellationToken);
        if (program is null)
        {
            await StepAsync("build", () => BuildAsync(cancellationToken));
            program = Checkout.At("firmware", "Skywire.Visor", "bin", "Release", "net10.0", "skywire");
        }

        var namespaces = !loopback && await LabNetwork.IsPossibleAsync(cancellationToken);
        var plan = LabPlan.Create(Path.GetFullPath(program), namespaces, proxyPort, pagePort);
        plan.Save();
        await StepAsync("keys and settings", () => LabConfig.WriteAsync(plan, cancellationToken));
        if (namespaces)
        {
            await StepAsync("namespaces and links", () => LabNetwork.UpAsync(plan, cancellationToken));
        }
        else
        {
            AnsiConsole.MarkupLine("[grey]no namespaces (root is needed for them): boards use loopback addresses[/]");
        }

        return plan;
    }

    /// <summary>Builds the program from this checkout.</summary>
    internal static async Task BuildAsync(CancellationToken cancellationToken)
    {
        var result = await Shell.RunAsync(Checkout.Dotnet, ["build", Checkout.At("firmware", "Skywire.Visor"), "-c", "Release", "--nologo", "-v", "q", "-nodeReuse:false"], cancellationToken);
        if (!result.Ok)
        {
            throw new WorkbenchException("the build failed: " + result.Output.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.Ordinal), result.Output), "the text above is the compiler's own");
        }
    }

    private static async Task<int> ForegroundAsync(LabPlan plan, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var thread = RunSupervisor(plan, stop.Token);
        try
        {
            await WaitReadyAsync(plan, () => thread.IsAlive, stop.Token);
            StatusCommand.Show(plan, await LabStatus.ReadAsync(plan, stop.Token));
            AnsiConsole.MarkupLine("[grey]Ctrl-C stops everything.[/]");
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine("stopping");
        }
        finally
        {
            await stop.CancelAsync();
            thread.Join();
            await LabNetwork.DownAsync(plan, CancellationToken.None);
        }

        return 0;
    }

    private static async Task<int> DetachedAsync(LabPlan plan, CancellationToken cancellationToken)
    {
        // A session of its own: neither Ctrl-C here nor the end of this terminal reaches the lab.
        var log = Path.Combine(LabPlan.Folder, "supervisor.log");
        var start = new ProcessStartInfo("setsid") { UseShellExecute = false };
        foreach (var argument in new[] { "sh", "-c", "exec \"$0\" \"$@\" >\"$SKYMINER_LOG\" 2>&1 </dev/null", Checkout.Dotnet, typeof(UpCommand).Assembly.Location, "supervise" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["SKYMINER_LOG"] = log;
        using var supervisor = Process.Start(start) ?? throw new WorkbenchException("the supervisor did not start", $"see {log}");
        try
        {
            await WaitReadyAsync(plan, () => !supervisor.HasExited, cancellationToken);
        }
        catch (WorkbenchException)
        {
            await DownCommand.StopAsync(CancellationToken.None);
            throw;
        }

        StatusCommand.Show(plan, await LabStatus.ReadAsync(plan, cancellationToken));
        AnsiConsole.MarkupLine("[grey]It goes on in the background: tools/skyminer status, logs, down.[/]");
        return 0;
    }

    private static Thread RunSupervisor(LabPlan plan, CancellationToken stop)
    {
        var supervisor = new Supervisor(plan);
        var thread = new Thread(() =>
        {
            try
            {
                supervisor.Run();
            }
            catch (WorkbenchException e)
            {
                Console.Error.WriteLine($"error: {e.Message}\nremedy: {e.Remedy}");
            }
        })
        { Name = "supervisor" };
        stop.Register(supervisor.Stop);
        thread.Start();
        return thread;
    }

    private static async Task WaitReadyAsync(LabPlan plan, Func<bool> isAlive, CancellationToken cancellationToken)
    {
        await StepAsync("boards answer", () => UntilAsync(async status => status.Boards.FirstOrDefault(b => b.PublicKey is null) is { } b ? $"board {b.Name}: {b.Reason}" : null));
        await StepAsync("links A-B and B-C", () => UntilAsync(async status =>
        {
            await Task.CompletedTask;
            var missing = plan.Boards.Zip(plan.Boards.Skip(1)).FirstOrDefault(pair => !status.Boards.First(b => b.Name == pair.First.Name).Links.Any(l => l.Up && l.Remote == pair.Second.Name));
            return missing.First is null ? null : $"no link {missing.First.Name}-{missing.Second.Name} yet";
        }));
        await StepAsync("boards joined", () => UntilAsync(async status =>
        {
            await Task.CompletedTask;
            return status.Boards.FirstOrDefault(b => b.State is not ("joined" or "traffic")) is { } b ? $"board {b.Name} is {b.State}: {b.Reason}" : null;
        }));
        await StepAsync("first bytes A to C over B", () => UntilAsync(async _ =>
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(TimeSpan.FromSeconds(20));
                using var connection = await ProxyFetch.ConnectAsync(plan.Boards[0].Namespace, plan.ProxyPort, "127.0.0.1", plan.Boards[^1].PagePort, limit.Token);
                return null;
            }
            catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return "the proxy: " + e.Message;
            }
        }));

        async Task UntilAsync(Func<LabStatus, Task<string?>> missing)
        {
            var watch = Stopwatch.StartNew();
            string? reason = null;
            while (isAlive() && watch.Elapsed < ReadyLimit)
            {
                reason = await missing(await LabStatus.ReadAsync(plan, cancellationToken));
                if (reason is null)
                {
                    return;
                }

                await Task.Delay(100, cancellationToken);
            }

            throw new WorkbenchException(isAlive() ? reason ?? "not ready in time" : "the supervisor ended", "tools/skyminer logs shows why");
        }
    }

    private static async Task StepAsync(string name, Func<Task> step)
    {
        var watch = Stopwatch.StartNew();
        await AnsiConsole.Status().StartAsync(name, _ => step());
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] {name} [grey]{watch.Elapsed.TotalSeconds:0.0} s[/]");
    }
}
