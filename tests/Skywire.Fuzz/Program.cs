// Fuzzing by hand: dotnet run --project tests/Skywire.Fuzz -- --target X --seconds N --seed S [--keep] | --list | --make-corpus.
// Anything else goes to the test runner.
using System.Diagnostics;
using System.Globalization;
using Skywire.Fuzz;
using Skywire.Fuzz.Engine;
using Skywire.Fuzz.Targets;

string? Value(string option) => Array.IndexOf(args, option) is var at && at >= 0 && at + 1 < args.Length ? args[at + 1] : null;

if (args.Contains("--list"))
{
    foreach (var target in TargetList.All)
    {
        Console.WriteLine($"{target.Name,-28} {Corpus.Load(target.Name).Count} inputs");
    }

    return 0;
}

if (args.Contains("--make-corpus"))
{
    CorpusMaker.WriteAll();
    return 0;
}

if (Value("--target") is not { } name)
{
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}

var chosen = name == "all" ? TargetList.All : [.. TargetList.All.Where(target => target.Name == name)];
if (chosen.Count == 0)
{
    await Console.Error.WriteLineAsync($"no target {name}; --list shows them");
    return 2;
}

var seconds = double.Parse(Value("--seconds") ?? "60", CultureInfo.InvariantCulture);
var seed = int.Parse(Value("--seed") ?? "1", CultureInfo.InvariantCulture);
var failed = 0;
foreach (var target in chosen)
{
    var clock = Stopwatch.StartNew();
    try
    {
        var report = new FuzzEngine(target, Corpus.Load(target.Name), seed).Run(_ => clock.Elapsed.TotalSeconds < seconds);
        Console.WriteLine($"{target.Name}: {report.Cases} cases, {report.Outcomes} outcomes, {report.Kept.Count} new");
        if (args.Contains("--keep"))
        {
            foreach (var input in report.Kept)
            {
                Console.WriteLine("  " + Corpus.Save(target.Name, input));
            }
        }
    }
    catch (FuzzFailureException e)
    {
        failed = 1;
        Console.WriteLine(e.Message);
    }
}

return failed;
