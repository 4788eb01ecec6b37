// What all wifi commands share: where the service's folder is, and what is said when it does not run.
using System.CommandLine;
using System.Globalization;
using Skywire.Visor.Wifi;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Commands;

internal sealed class WifiOptions
{
    /// <summary>What starts the service again, for remedies.</summary>
    public const string StartIt = "\"systemctl status skyminer-wifi\" says why; \"systemctl start skyminer-wifi\" starts it";

    /// <summary>--run.</summary>
    public Option<string> Run { get; } = new("--run") { Description = $"The wifi service's folder. Default: {WifiFolder.Variable}, else {WifiFolder.System}.", HelpName = "DIR", DefaultValueFactory = static _ => WifiFolder.Default };

    /// <summary>The folder.</summary>
    public string Folder(ParseResult result) => Path.GetFullPath(result.GetValue(Run)!);

    /// <summary>The last report, however old. Without any, the command ends.</summary>
    public WifiReport Last(ParseResult result) => WifiReportFile.Read(Folder(result)) ?? throw NotRunning($"no wifi service reports in {Folder(result)}");

    /// <summary>The report of a running service. Without one, the command ends.</summary>
    public WifiReport Live(ParseResult result) => Last(result) is var report && WifiWatch.IsFresh(report, TimeProvider.System) ? report : throw NotRunning(Silence(report));

    /// <summary>Ends as the report says: 4 with a warning when its service does not run any more, else the code given.</summary>
    public static int End(CommandContext context, WifiReport report, int exitCode)
    {
        if (WifiWatch.IsFresh(report, TimeProvider.System))
        {
            return exitCode;
        }

        context.Output.Fail(Silence(report), StartIt);
        return ExitCode.NotRunning;
    }

    /// <summary>An order to the service; who may not write it is told how one may.</summary>
    public static void Order(Action write)
    {
        try
        {
            write();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CliException(ExitCode.Refused, "no permission to give orders to the wifi service", "run as root", e);
        }
    }

    private static CliException NotRunning(string cause) => new(ExitCode.NotRunning, cause, StartIt);

    private static string Silence(WifiReport report)
        => string.Create(CultureInfo.InvariantCulture, $"the wifi service does not run: its last report is from {report.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {Arguments.Span((TimeProvider.System.GetUtcNow() - report.At).TotalSeconds)} ago");
}
