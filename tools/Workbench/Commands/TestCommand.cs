using System.CommandLine;
using Skywire.Workbench.Testing;

namespace Skywire.Workbench.Commands;

/// <summary><c>test [quick] [--only NAME]</c>.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var only = new Option<string?>("--only") { Description = "only projects whose name contains this, e.g. --only Routing" };
        var command = new Command("test", "Builds, checks the formatting and runs all tests; the last line is 'N passed, N failed, N skipped'.") { only };
        command.SetAction((parsed, token) => TestRunner.RunAsync(quick: false, parsed.GetValue(only), token));
        var quick = new Command("quick", "Without slow tests, long fuzzing, browser and emulator: the loop for people at work.") { only };
        quick.SetAction((parsed, token) => TestRunner.RunAsync(quick: true, parsed.GetValue(only), token));
        command.Add(quick);
        return command;
    }
}
