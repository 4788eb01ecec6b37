// Tables go to a terminal or into a file; a file has neither colours nor a width.
using Spectre.Console;

namespace Skywire.Bench.Measuring;

/// <summary>Sets the console up for wide tables.</summary>
internal static class TableConsole
{
    private const int RedirectedWidth = 160;

    /// <summary>Before the first table.</summary>
    public static void Prepare()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = RedirectedWidth;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }
    }
}
