// The command line of the workbench: tools/skyminer.
using System.CommandLine;
using System.Runtime.InteropServices;
using Skywire.Workbench;
using Skywire.Workbench.Commands;
using Spectre.Console;

var root = new RootCommand("""
    Builds, runs, checks and tests the Skywire firmware from this checkout.

    Examples:
      tools/skyminer up                     services, boards A, B, C, a route over two hops, a SOCKS5 proxy; Ctrl-C ends all
      tools/skyminer up --detach            the same in the background
      tools/skyminer status --json          what runs, links, routes, bytes
      tools/skyminer check traffic          a file through the proxy, compared; figures
      tools/skyminer down                   stops everything
      tools/skyminer boot qemu-virt         a real image under emulation; check boot, check box: what it does, with figures
      tools/skyminer image                  an SD-card image for the Orange Pi Prime and every Raspberry Pi
      tools/skyminer bundle                 a signed update of that image, with its feed
      tools/skyminer test                   all tests (about half an hour)
      tools/skyminer test quick             the two-minute loop
      tools/skyminer bench crypto           the crypto against its peers
      tools/skyminer flash IMAGE            the cards an image can be written to; with a device: writes and verifies

    Exit codes: 0 done, 1 failed or a check did not hold, 2 usage, 3 something is missing or in the way (the text says what to do).
    """)
{
    UpCommand.Create(),
    StatusCommand.Create(),
    LogsCommand.Create(),
    DownCommand.Create(),
    CheckCommand.Create(),
    BootCommand.Create(),
    TestCommand.Create(),
    PublishCommand.Create(),
    ImageCommand.Create(),
    BundleCommand.Create(),
    FlashCommand.Create(),
    CatalogueCommand.Create(),
    ContainerCommand.Create(),
    Arm64Command.Create(),
    CoverageCommand.Create(),
    BenchCommand.Create(),
    UpCommand.CreateSupervise(),
    CheckCommand.CreateServe(),
};

using var stop = new CancellationTokenSource();
void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
try
{
    var parsed = root.Parse(args);
    return parsed.Errors.Count > 0 ? UsageError(parsed) : await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (WorkbenchException e)
{
    var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsErrorRedirected ? AnsiSupport.No : AnsiSupport.Detect, Out = new AnsiConsoleOutput(Console.Error) });
    console.MarkupLineInterpolated($"[red]error:[/] {e.Message}");
    console.MarkupLineInterpolated($"[grey]remedy:[/] {e.Remedy}");
    return 3;
}
catch (OperationCanceledException)
{
    return 130;
}

static int UsageError(ParseResult parsed)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine("error: " + error.Message);
    }

    Console.Error.WriteLine("remedy: tools/skyminer --help shows the commands and examples");
    return 2;
}
