// Shows the container at work: services and two visors from one image, on a network of their own, linked, and healthy by the container's own health check.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skywire.Workbench.Containers;

/// <summary>What was seen.</summary>
/// <param name="Emulated">True when arm64 was emulated.</param>
/// <param name="HealthySeconds">From the first container's start until both visors were healthy.</param>
/// <param name="HasShell">True when a shell could be started in it.</param>
/// <param name="User">User that the program runs under.</param>
/// <param name="RootIsReadOnly">True when a file could not be made outside the volume.</param>
/// <param name="StopSeconds">One visor's clean stop.</param>
/// <param name="ExitCode">Its exit code.</param>
internal sealed record ContainerReport(bool Emulated, double HealthySeconds, bool HasShell, string User, bool RootIsReadOnly, double StopSeconds, int ExitCode);

/// <summary>Runs the check.</summary>
internal sealed class ContainerCheck(Action<string> say)
{
    private const string Prefix = "skywire-check-", State = "/var/lib/skywire", Program = "/usr/bin/skywire", EmulatorInside = "/emulator";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly string _work = Path.Combine(Checkout.State, "container", "check");

    /// <summary>Starts, waits until healthy, looks, stops, removes.</summary>
    /// <exception cref="WorkbenchException">It did not get healthy; the text has the visor's own words.</exception>
    public async Task<ContainerReport> RunAsync(CancellationToken cancellationToken)
    {
        string[] names = ["services", "one", "two"];
        await RemoveAsync(names);
        if (Directory.Exists(_work))
        {
            Directory.Delete(_work, recursive: true);
        }

        try
        {
            foreach (var name in names)
            {
                var folder = Directory.CreateDirectory(Path.Combine(_work, name)).FullName;
                var owner = string.Create(CultureInfo.InvariantCulture, $"{ContainerContext.User}:{ContainerContext.User}");
                await Shell.RequireAsync("chown", [owner, folder], cancellationToken, "the check gives folders to the container's user, which needs root");
            }

            var watch = Stopwatch.StartNew();
            await StartAsync("services", ["--network", "none", "--no-healthcheck"], ["services", "run", "--bind", "127.0.0.1", "--dmsg-address", "127.0.0.1:8081", "--allow-private", "--data", State], cancellationToken);
            var keys = new List<string>();
            foreach (var (name, index) in names.Skip(1).Select((n, i) => (n, i)))
            {
                await ConfigureAsync(name, index, keys, cancellationToken);
            }

            foreach (var name in names.Skip(1))
            {
                await StartAsync(name, ["--network", $"container:{Prefix}services"], ["visor", "run"], cancellationToken);
            }

            foreach (var name in names.Skip(1))
            {
                await HealthyAsync(name, cancellationToken);
            }

            var healthy = watch.Elapsed.TotalSeconds;
            var shell = await ContainerEngine.PodmanAsync(["exec", Prefix + "one", "/bin/sh", "-c", "true"], cancellationToken);
            var inspect = await ContainerEngine.PodmanAsync(["inspect", "-f", "{{.State.Pid}} {{.Config.User}}", Prefix + "one"], cancellationToken);
            var write = await ContainerEngine.PodmanAsync(Exec("one", ["config", "gen", "--config", "/usr/x.json"]), cancellationToken);
            watch.Restart();
            await RequireAsync(["stop", "-t", "30", Prefix + "one"], cancellationToken);
            var stopped = watch.Elapsed.TotalSeconds;
            var exit = await ContainerEngine.PodmanAsync(["inspect", "-f", "{{.State.ExitCode}}", Prefix + "one"], cancellationToken);
            return new ContainerReport(!ContainerEngine.RunsArm64, healthy, shell.Ok, inspect.Output.Trim().Split(' ')[^1], !write.Ok && write.Output.Contains("ead-only", StringComparison.Ordinal), stopped, int.Parse(exit.Output.Trim(), CultureInfo.InvariantCulture));
        }
        finally
        {
            await RemoveAsync(names);
        }
    }

    // What an operator does once: config gen in the container; then the settings of this closed network.
    private async Task ConfigureAsync(string name, int index, List<string> keys, CancellationToken cancellationToken)
    {
        static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        await RequireAsync(
            ["run", "--rm", "--no-healthcheck", "--network", "none", .. Common(name), .. Emulator([]), ContainerEngine.Image, .. Inside(["config", "gen", "--dmsg-discovery", Url(9090), "--transport-discovery", Url(9091), "--address-resolver", Url(9093)])],
            cancellationToken);
        var file = Path.Combine(_work, name, "skywire.json");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(file, cancellationToken), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();
        config["transport"] = new JsonObject
        {
            ["stcpr"] = new JsonObject { ["listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{7770 + index}"), ["allow_private"] = true },
            ["persistent"] = new JsonArray([.. keys.Select(k => (JsonNode)new JsonObject { ["key"] = k, ["type"] = "stcpr" })]),
        };
        config["api"] = new JsonObject { ["socket"] = State + "/skywire.sock", ["listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{8001 + index}") };
        await File.WriteAllTextAsync(file, config.ToJsonString(), cancellationToken);
        var shown = await RequireAsync(["run", "--rm", "--no-healthcheck", "--network", "none", .. Common(name), .. Emulator([]), ContainerEngine.Image, .. Inside(["key", "show", State + "/visor.key", "--json"])], cancellationToken);
        keys.Add(JsonDocument.Parse(shown[shown.IndexOf('{', StringComparison.Ordinal)..]).RootElement.GetProperty("public_key").GetString()!);
    }

    private async Task StartAsync(string name, string[] options, string[] command, CancellationToken cancellationToken)
    {
        string[] health = options.Contains("--no-healthcheck") ? [] : ["--health-cmd", JsonSerializer.Serialize<string[]>([EmulatorInside, Program, "status", "--check"])];
        await RequireAsync(["run", "-d", "--name", Prefix + name, .. options, .. Common(name), .. Emulator(health), ContainerEngine.Image, .. Inside(command)], cancellationToken);
        say($"{name} started");
    }

    private async Task HealthyAsync(string name, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var health = await ContainerEngine.PodmanAsync(["healthcheck", "run", Prefix + name], cancellationToken);
            if (health.Ok)
            {
                say($"{name} healthy");
                return;
            }

            if (watch.Elapsed > Limit)
            {
                var status = await ContainerEngine.PodmanAsync(Exec(name, ["status", "--check"]), cancellationToken);
                var log = await ContainerEngine.PodmanAsync(["logs", "--tail", "5", Prefix + name], cancellationToken);
                throw new WorkbenchException($"{name} is not healthy after {Limit.TotalMinutes:0} minutes:\n{status.Output.Trim()}\n{health.Output.Trim()}\n{log.Output.Trim()}", "the text above is the visor's own");
            }

            await Task.Delay(500, cancellationToken);
        }
    }

    // As docs/container.md says to run it: no capability, nothing writable but the state.
    private string[] Common(string name) =>
    [
        "--platform", "linux/arm64", "--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--cgroups=disabled",
        "--ulimit", "nofile=16384:16384", "--ulimit", "nproc=4096:4096", "-v", $"{Path.Combine(_work, name)}:{State}",
    ];

    // Where the kernel does not start arm64 programs, the emulator is put into the container and starts them. The heap limit keeps it from charging for
    // the address range that the collector reserves.
    private static string[] Emulator(string[] health) => ContainerEngine.RunsArm64
        ? []
        : ["-v", $"/usr/bin/{Arm64Sysroot.Emulator}:{EmulatorInside}:ro", "--entrypoint", EmulatorInside, "-e", "DOTNET_GCHeapHardLimit=0x8000000", .. health];

    private static string[] Inside(string[] command) => ContainerEngine.RunsArm64 ? command : [Program, .. command];

    private static string[] Exec(string name, string[] command) => ContainerEngine.RunsArm64 ? ["exec", Prefix + name, Program, .. command] : ["exec", Prefix + name, EmulatorInside, Program, .. command];

    private static async Task<string> RequireAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await ContainerEngine.PodmanAsync(arguments, cancellationToken);
        return result.Ok ? result.Output : throw new WorkbenchException($"podman {arguments[0]} failed: {result.Output.Trim()}", "the text above is podman's own");
    }

    // Those that others' networks hang on go last.
    private static async Task RemoveAsync(string[] names)
    {
        foreach (var name in names.Reverse())
        {
            await ContainerEngine.PodmanAsync(["rm", "-f", "-t", "2", Prefix + name], CancellationToken.None);
        }
    }
}
