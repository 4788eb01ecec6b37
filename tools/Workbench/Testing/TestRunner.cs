// Builds the solution, checks the formatting, runs every test project's own executable, adds up the results.
using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Spectre.Console;

namespace Skywire.Workbench.Testing;

/// <summary>Totals of one test project.</summary>
internal sealed record TestTotals(string Project, int Passed, int Failed, int Skipped, TimeSpan Time, IReadOnlyList<string> Failures, long FuzzCases = 0);

/// <summary>Runs the tests, in two lanes: that is what a small machine has room for.</summary>
internal static class TestRunner
{
    // Emulated boards and whole networks take every processor they get, and their patience is in seconds: one such project at a time, in this order.
    private static readonly string[] Heavy = ["Skywire.Image.Tests", "Skywire.Integration.Tests"];

    // Begins the other lane: the short ones after it find the processors less busy.
    private const string Longest = "Skywire.Fuzz";

    /// <summary>Runs all tests, or the quick ones only; the last line printed is <c>N passed, N failed, N skipped</c>. Returns the exit code.</summary>
    public static async Task<int> RunAsync(bool quick, string? only, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await Prerequisites.EnsureAsync(quick ? Prerequisites.Lab : Prerequisites.Tests, required: false, cancellationToken);
        if (!await StepAsync("build", ["build", Checkout.At("Skywire.Firmware.sln"), "-c", "Release", "--nologo", "-v", "q", "-nodeReuse:false"], cancellationToken))
        {
            return Fail();
        }

        if (!quick && !await StepAsync("format", ["format", Checkout.At("Skywire.Firmware.sln"), "--verify-no-changes", "--no-restore"], cancellationToken))
        {
            return Fail();
        }

        var results = Path.Combine(Checkout.State, "test-results");
        Directory.CreateDirectory(results);
        var projects = Directory.GetDirectories(Checkout.At("tests"))
            .Select(folder => Path.GetFileName(folder)!)
            .Where(name => File.Exists(Path.Combine(Checkout.Root, "tests", name, "bin", "Release", "net10.0", name + ".dll")))
            .Where(name => name.EndsWith(".Tests", StringComparison.Ordinal) || name == "Skywire.Fuzz")
            .Where(name => only is null || name.Contains(only, StringComparison.OrdinalIgnoreCase))
            .ToList();
        var totals = new List<TestTotals>();
        await Task.WhenAll(RunLaneAsync(Heavy.Where(projects.Contains)), RunLaneAsync(projects.Except(Heavy).OrderByDescending(name => name == Longest).ThenBy(name => name, StringComparer.Ordinal)));
        var failed = totals.Sum(t => t.Failed);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"all in {watch.Elapsed.TotalSeconds:0} s; results in {Path.GetRelativePath(Directory.GetCurrentDirectory(), results)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{totals.Sum(t => t.Passed)} passed, {failed} failed, {totals.Sum(t => t.Skipped)} skipped"));
        return failed == 0 && totals.Sum(t => t.Passed) > 0 ? 0 : 1;

        async Task RunLaneAsync(IEnumerable<string> lane)
        {
            foreach (var project in lane)
            {
                var result = await RunProjectAsync(project, quick, results, cancellationToken);
                lock (totals)
                {
                    totals.Add(result);
                    Show(result);
                }
            }
        }
    }

    private static void Show(TestTotals result)
    {
        var color = result.Failed > 0 ? "red" : "green";
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[{color}]{result.Project}[/]: {result.Passed} passed, {result.Failed} failed, {result.Skipped} skipped ({result.Time.TotalSeconds:0} s){(result.FuzzCases > 0 ? $", {result.FuzzCases:N0} fuzz cases" : "")}");
        foreach (var failure in result.Failures)
        {
            AnsiConsole.WriteLine("  " + failure);
        }
    }

    // The end says why: an error comes last.
    private static string Shortened(string message)
    {
        const int most = 24;
        var lines = message.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0).ToList();
        return string.Join("\n    ", lines.Count <= most ? lines : [lines[0], $"({lines.Count - most} lines, see the results)", .. lines.TakeLast(most - 2)]);
    }

    private static int Fail()
    {
        Console.WriteLine("0 passed, 1 failed, 0 skipped");
        return 1;
    }

    private static async Task<bool> StepAsync(string name, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var result = await Shell.RunAsync(Checkout.Dotnet, arguments, cancellationToken);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{name}: {(result.Ok ? "ok" : "FAILED")} ({watch.Elapsed.TotalSeconds:0} s)");
        if (!result.Ok)
        {
            Console.WriteLine(string.Join('\n', result.Output.Split('\n').Where(l => l.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct().Take(40)));
        }

        return result.Ok;
    }

    private static async Task<TestTotals> RunProjectAsync(string project, bool quick, string results, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var dll = Checkout.At("tests", project, "bin", "Release", "net10.0", project + ".dll");
        var xml = Path.Combine(results, project + ".xml");
        File.Delete(xml);
        List<string> arguments = [dll, "-noLogo", "-noColor", "-xml", xml];
        if (quick)
        {
            arguments.AddRange(["-trait-", "Category=Slow"]);
        }

        var environment = new Dictionary<string, string> { ["SKYMINER_ROOT"] = Checkout.Root, ["SKYMINER_DOTNET"] = Checkout.Dotnet };
        if (!quick)
        {
            environment["SKYWIRE_TEST_LONG"] = "1";
        }

        var run = await Shell.RunAsync(Checkout.Dotnet, arguments, cancellationToken, environment: environment);
        await File.WriteAllTextAsync(Path.Combine(results, project + ".txt"), run.Output, cancellationToken);
        if (!File.Exists(xml))
        {
            return new TestTotals(project, 0, 1, 0, watch.Elapsed, ["no result: " + run.Output.Trim().Split('\n')[^1]]);
        }

        var tests = XDocument.Load(xml).Descendants("test").ToList();
        int Count(string result) => tests.Count(t => (string?)t.Attribute("result") == result);
        var failures = tests.Where(t => (string?)t.Attribute("result") == "Fail")
            .Select(t => $"{(string?)t.Attribute("name")}: {Shortened(t.Element("failure")?.Element("message")?.Value ?? "")}")
            .ToList();
        const string FuzzMark = "fuzz cases: ";
        var fuzzCases = tests.Select(t => t.Element("output")?.Value ?? "").Where(o => o.StartsWith(FuzzMark, StringComparison.Ordinal)).Sum(o => long.Parse(o[FuzzMark.Length..].Trim(), CultureInfo.InvariantCulture));
        var crashed = !run.Ok && failures.Count == 0;
        return new TestTotals(project, Count("Pass"), failures.Count + (crashed ? 1 : 0), Count("Skip"), watch.Elapsed, crashed ? ["ended with exit code " + run.ExitCode.ToString(CultureInfo.InvariantCulture)] : failures, fuzzCases);
    }
}
