// Counting ARM64 instructions: the benchmarks published for arm64, an emulator that loads plugins, and a plugin that counts.
using System.Diagnostics;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace Skywire.Workbench;

/// <summary>Prepares and starts the count.</summary>
internal static partial class Arm64Counts
{
    // The static emulator cannot load plugins.
    private const string Emulator = "qemu-aarch64";

    /// <summary>Runs the count with the given arguments; returns its exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await Prerequisites.EnsureAsync(Prerequisites.Counting, required: true, cancellationToken);
        if (await Arm64Sysroot.EnsureAsync(cancellationToken) is { } reason)
        {
            throw new WorkbenchException(reason, "the libraries come from Debian's arm64 packages: is there a network?");
        }

        if (await Arm64Sysroot.EnsurePeersAsync(cancellationToken) is { } missing)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]counting without some peers:[/] {missing}");
        }

        var program = await SkywireProgram.PublishBenchAsync("linux-arm64", cancellationToken);
        var folder = Path.Combine(Checkout.State, "arm64");
        var plugin = Path.Combine(folder, "instruction-counter.so");
        await Shell.RequireAsync("gcc", ["-O2", "-shared", "-fPIC", $"-DAPI_VERSION={await ApiVersionAsync(cancellationToken)}", "-o", plugin, Checkout.At("tools", "Bench", "Counting", "instruction-counter.c")], cancellationToken);

        // One file per run, so that two runs do not read each other's marks.
        var marks = Path.Combine(folder, $"marks-{Environment.ProcessId}");
        var start = new ProcessStartInfo(Emulator, ["-plugin", $"file={plugin},out={marks}", "-L", Arm64Sysroot.Folder, program, "crypto-counts", marks, .. arguments]);

        // The heap limit keeps the emulator from charging for the address range the collector reserves. Without tiers all code
        // is compiled for good at its first call: emulated, the compiler's thread takes too long to wait for.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x8000000";
        start.Environment["DOTNET_TieredCompilation"] = "0";
        try
        {
            return await Shell.InTerminalAsync(start, cancellationToken);
        }
        finally
        {
            File.Delete(marks);
        }
    }

    // The emulator refuses plugins for other versions of its interface; what is used of it is the same in all.
    private static async Task<int> ApiVersionAsync(CancellationToken cancellationToken)
    {
        var text = await Shell.RequireAsync(Emulator, ["--version"], cancellationToken);
        return VersionNumber().Match(text) is { Success: true } match && int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) < 9 ? 1 : 2;
    }

    [GeneratedRegex(@"version (\d+)\.")]
    private static partial Regex VersionNumber();
}
