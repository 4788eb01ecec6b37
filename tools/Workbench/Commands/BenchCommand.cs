using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>bench NAME</c>: builds the benchmarks and hands over to them.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measures the product against its peers on this machine.") { CreateCrypto() };

    private static Command CreateCrypto()
    {
        var json = new Option<bool>("--json") { Description = "figures as JSON on standard output" };
        var only = new Option<string?>("--only") { Description = "only subjects with this in their name, e.g. --only seal, --only ECDH" };
        var rounds = new Option<int>("--rounds") { Description = "rounds per subject", DefaultValueFactory = _ => 101 };
        var noAvx512 = new Option<bool>("--no-avx512") { Description = "as on a machine without AVX-512: for the firmware, .NET and OpenSSL alike" };
        var gate = new Option<bool>("--gate") { Description = "exit code 1 when a 'must' is missed by more than 15 %, twice" };
        var arm64 = new Option<bool>("--arm64-counts") { Description = "instructions on ARM64, counted under emulation, and an estimate for a board" };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000)
            {
                result.AddError("--rounds takes a number from 1 to 100000");
            }
        });
        var command = new Command("crypto", "ChaCha20-Poly1305, secp256k1, hashes and Noise against .NET, OpenSSL, libsodium, libsecp256k1 and BouncyCastle, interleaved on one core. Example: tools/skyminer bench crypto --only seal") { json, only, rounds, noAvx512, gate, arm64 };
        command.SetAction(async (parsed, token) =>
        {
            if (parsed.GetValue(json))
            {
                // Standard output belongs to the figures.
                AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            }

            string[] which = parsed.GetValue(only) is { } name ? ["--only", name] : [];
            if (parsed.GetValue(arm64))
            {
                return await Arm64Counts.RunAsync([.. which, .. parsed.GetValue(json) ? (string[])["--json"] : []], token);
            }

            await Prerequisites.EnsureAsync(await Prerequisites.BenchPeersAsync(token), required: false, token);
            IEnumerable<string> flags = new[] { json, noAvx512, gate }.Where(parsed.GetValue).Select(o => o.Name);
            return await HandOverAsync(["crypto", "--rounds", parsed.GetValue(rounds).ToString(CultureInfo.InvariantCulture), .. which, .. flags], token);
        });
        return command;
    }

    // The measuring program writes to this terminal itself: colours and progress stay.
    private static async Task<int> HandOverAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var project = Checkout.At("tools", "Bench");
        var build = await Shell.RunAsync(Checkout.Dotnet, ["build", project, "-c", "Release", "--nologo", "-v", "q", "-nodeReuse:false"], cancellationToken);
        if (!build.Ok)
        {
            throw new WorkbenchException("the benchmarks did not build: " + build.Output.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.Ordinal), build.Output), "the text above is the compiler's own");
        }

        var program = Path.Combine(project, "bin", "Release", "net10.0", "Skywire.Bench.dll");
        return await Shell.InTerminalAsync(new ProcessStartInfo(Checkout.Dotnet, [program, .. arguments]), cancellationToken);
    }
}
