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
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000)
            {
                result.AddError("--rounds takes a number from 1 to 100000");
            }
        });
        var command = new Command("crypto", "ChaCha20-Poly1305, secp256k1, hashes and Noise against .NET, OpenSSL, libsodium, libsecp256k1 and BouncyCastle, interleaved on one core. Example: tools/skyminer bench crypto --only seal") { json, only, rounds, noAvx512, gate };
        command.SetAction(async (parsed, token) =>
        {
            if (parsed.GetValue(json))
            {
                // Standard output belongs to the figures.
                AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            }

            await Prerequisites.EnsureAsync(await Prerequisites.BenchPeersAsync(token), required: false, token);
            List<string> arguments = ["crypto", "--rounds", parsed.GetValue(rounds).ToString(CultureInfo.InvariantCulture)];
            if (parsed.GetValue(only) is { } name)
            {
                arguments.AddRange(["--only", name]);
            }

            arguments.AddRange(new[] { json, noAvx512, gate }.Where(parsed.GetValue).Select(o => o.Name));
            return await HandOverAsync(arguments, token);
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
        using var process = Process.Start(new ProcessStartInfo(Checkout.Dotnet, [program, .. arguments]) { UseShellExecute = false })!;
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }
}
