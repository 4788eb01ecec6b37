using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skywire.Workbench.Checks;
using Skywire.Workbench.Emulation;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>check boot MACHINE</c> and <c>check box</c>: what a real image does under emulation, with figures.</summary>
internal static class BoardChecks
{
    /// <summary><c>check boot qemu-virt</c>, <c>check boot qemu-raspi3b</c>.</summary>
    public static Command Boot()
    {
        var options = new EmulationOptions(QemuMachine.Virt, 2211, 8111);
        var json = Json();
        var quick = new Option<bool>("--short") { Description = "one start only: no second start, no broken settings, fewer LED states" };
        var virt = options.AddTo(new Command(QemuMachine.Virt, "Power-on to joined, LEDs read back from the GPIO chip in each state, a second start, a broken skyminer.conf. Example: tools/skyminer check boot qemu-virt --json") { json, quick });
        virt.SetAction(async (parsed, token) =>
        {
            var (plan, image) = await PrepareAsync(options, parsed, "check-boot", 2, token);
            await using var check = new BootCheck(plan, image.Image, parsed.GetValue(quick), new CheckProgress());
            var report = await check.RunAsync(token);
            return Show(report, BoardReportJson.Default.BootReport, report.Ok, report.Failures, parsed.GetValue(json));
        });

        var piOptions = new EmulationOptions(QemuMachine.Raspi3b, 0, 0);
        var piJson = Json();
        var pi = piOptions.AddTo(new Command(QemuMachine.Raspi3b, "The same image on QEMU's Raspberry Pi 3 B, to the login prompt on its serial line and a visor that answers.") { piJson });
        pi.SetAction(async (parsed, token) =>
        {
            var (plan, image) = await PrepareAsync(piOptions, parsed, "check-raspi3b", 1, token);
            var report = await Raspi3bCheck.RunAsync(plan, image.Image, new CheckProgress(), token);
            return Show(report, BoardReportJson.Default.Raspi3bReport, report.Ok, report.Failures, parsed.GetValue(piJson));
        });
        return new Command("boot", "An image from power-on to joined, under emulation.") { virt, pi };
    }

    /// <summary><c>check box</c>.</summary>
    public static Command Box()
    {
        var options = new EmulationOptions(QemuMachine.Virt, 2231, 8131);
        var json = Json();
        var boards = new Option<int>("--boards") { Description = "how many, 3 to 8", DefaultValueFactory = _ => 3 };
        boards.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 3 or > 8)
            {
                result.AddError("--boards takes 3 to 8: one serves, one is the proxy, one the client");
            }
        });
        var size = new Option<string>("--size") { Description = "bytes of the file, with K, M or G", DefaultValueFactory = _ => "5M" };
        size.Validators.Add(result =>
        {
            if (!CheckCommand.TryParseSize(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--size takes a number with K, M or G, for example 5M");
            }
        });
        var command = options.AddTo(new Command("box", "Boards on one wire with nothing but a passphrase: joined, a file by way of a proxy, the serving board lost, joined again. Example: tools/skyminer check box --boards 3 --json") { boards, size, json });
        command.SetAction(async (parsed, token) =>
        {
            _ = CheckCommand.TryParseSize(parsed.GetValue(size), out var bytes);
            var (plan, image) = await PrepareAsync(options, parsed, "check-box", parsed.GetValue(boards), token);
            await using var check = new BoxCheck(plan, image.Image, bytes, new CheckProgress());
            var report = await check.RunAsync(token);
            return Show(report, BoardReportJson.Default.BoxImageReport, report.Ok, report.Failures, parsed.GetValue(json));
        });
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "figures as JSON on standard output" };

    private static async Task<(FleetPlan Plan, BoardImage Image)> PrepareAsync(EmulationOptions options, ParseResult parsed, string folder, int boards, CancellationToken cancellationToken)
    {
        await Prerequisites.EnsureAsync(Prerequisites.Emulation, required: true, cancellationToken);
        var (plan, image) = options.Read(parsed, Path.Combine(Checkout.State, folder), boards);
        EmulatedFleet.RequirePorts(plan);
        plan.Save();
        return (plan, image);
    }

    // People get the same figures as programs, one a line; nested ones indented.
    internal static int Show<T>(T report, JsonTypeInfo<T> type, bool ok, IReadOnlyList<string> failures, bool json)
    {
        var text = JsonSerializer.Serialize(report, type);
        if (json)
        {
            Console.WriteLine(text);
            return ok ? 0 : 1;
        }

        using var document = JsonDocument.Parse(text);
        var tree = new Tree("figures").Guide(TreeGuide.Line);
        Grow(tree, document.RootElement);
        AnsiConsole.Write(tree);
        foreach (var failure in failures)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]failed:[/] {failure}");
        }

        AnsiConsole.MarkupLine(ok ? "[green]ok[/]" : "[red]not ok[/]");
        return ok ? 0 : 1;
    }

    private static void Grow(IHasTreeNodes parent, JsonElement element)
    {
        foreach (var property in element.EnumerateObject().Where(p => p.Name is not ("ok" or "failures")))
        {
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                Grow(parent.AddNode(Markup.Escape(property.Name)), property.Value);
            }
            else if (property.Value.ValueKind == JsonValueKind.Array && property.Value.EnumerateArray().Any(e => e.ValueKind == JsonValueKind.Object))
            {
                var node = parent.AddNode(Markup.Escape(property.Name));
                foreach (var item in property.Value.EnumerateArray())
                {
                    node.AddNode(Markup.Escape(string.Join(", ", item.EnumerateObject().Select(p => $"{p.Name} {Value(p.Value)}"))));
                }
            }
            else
            {
                parent.AddNode(Markup.Escape($"{property.Name}: {Value(property.Value)}"));
            }
        }
    }

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "none" : string.Join(", ", value.EnumerateArray().Select(Value)),
        JsonValueKind.Null => "-",
        _ => value.ToString(),
    };
}
