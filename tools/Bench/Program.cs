// Benchmarks of the product: one name per subject. Run with: dotnet run -c Release --project tools/Bench -- NAME [options]
using Skywire.Bench.Counting;
using Skywire.Bench.Crypto;
using Skywire.Bench.Transport;

var benches = new Dictionary<string, (string What, Func<string[], Task<int>> Run)>
{
    ["crypto"] = ("ChaCha20-Poly1305, secp256k1, hashes and Noise against .NET, OpenSSL, libsodium, libsecp256k1 and BouncyCastle", CryptoBench.RunAsync),
    ["crypto-counts"] = ("the same in instructions, inside the ARM64 emulator; started by: tools/skyminer bench crypto --arm64-counts", CountBench.RunAsync),
    ["relay"] = ("a relay between two transports over loopback TCP: MB/s and CPU seconds per GB", RelayBench.RunAsync),
};

if (args.Length > 0 && benches.TryGetValue(args[0], out var bench))
{
    return await bench.Run(args[1..]);
}

foreach (var (name, (what, _)) in benches)
{
    Console.WriteLine($"{name,-12} {what}");
}

return args.Length == 0 ? 0 : 2;
