// What the crypto costs on ARM64, in instructions: emulation can count, it cannot time.
using Skywire.Bench.Crypto;
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;
using Skywire.Crypto;

namespace Skywire.Bench.Counting;

/// <summary>Instructions per operation for one contender.</summary>
internal sealed record Counted(Subject Subject, string Contender, InstructionCounts Counts);

/// <summary>Instructions of one operation on several secrets: the same for all, when it is constant time.</summary>
internal sealed record Constancy(string Operation, int Secrets, double Least, double Most);

/// <summary>Runs inside the emulator; started by <c>tools/skyminer bench crypto --arm64-counts</c>.</summary>
internal static class CountBench
{
    private const string Secrets = "secrets";
    private const int PacketsPerReading = 16;
    private const int CurveOperationsPerReading = 2;

    /// <summary>Counts all subjects, or those with the given text in their names. Arguments: the plugin's file, then <c>--json</c> and <c>--only NAME</c>.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        if (args.Length == 0 || CryptoOptions.Parse(args.AsSpan(1)) is not { } options)
        {
            Console.Error.WriteLine("crypto-counts MARKS [--json] [--only NAME]");
            return Task.FromResult(2);
        }

        NativePeer.Load();
        if (NativePeer.Sodium.IsPresent && Sodium.Initialize() < 0)
        {
            throw new BenchException("libsodium could not be initialized");
        }

        var counter = new InstructionCounter(args[0]);
        var counted = new List<Counted>();
        foreach (var subject in CryptoBench.Subjects().Where(s => options.Only is null || s.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)))
        {
            foreach (var contender in subject.Contenders)
            {
                if (contender.Check() is { } difference)
                {
                    throw new BenchException($"{subject.Name}: {contender.Name} does not agree with the firmware: {difference}");
                }

                counted.Add(new Counted(subject, contender.Name, counter.PerOperation(contender.Run, subject.Bytes > 0 ? PacketsPerReading : CurveOperationsPerReading)));
            }
        }

        var constancy = options.Only is null || Secrets.Contains(options.Only, StringComparison.OrdinalIgnoreCase) ? CountSecrets(counter) : [];
        var report = new CountReport(Machine.Describe(), counted, constancy);
        if (options.Json)
        {
            report.WriteJson();
        }
        else
        {
            report.WriteTables();
        }

        return Task.FromResult(constancy.All(c => c.Least == c.Most) ? 0 : 1);
    }

    // Secrets that would show: the smallest, the largest, few bits, many bits, and some with no pattern.
    private static List<Constancy> CountSecrets(InstructionCounter counter)
    {
        var party = new CurveParty();
        var secrets = new List<byte[]> { new byte[SecKey.Size], new byte[SecKey.Size] };
        secrets[0][^1] = 1;
        secrets[1][0] = 0x80;
        secrets.Add(Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364140"));
        secrets.Add([.. Enumerable.Repeat((byte)0x55, SecKey.Size)]);
        for (byte i = 0; i < 8; i++)
        {
            secrets.Add(System.Security.Cryptography.SHA256.HashData([i]));
        }

        var keys = secrets.Select(s => CurveParty.KeyOf(s)).ToList();
        var shared = new byte[32];
        var signature = new byte[Signature.Size];
        return
        [
            Count("ECDH", i => keys[i].Ecdh(party.PeerKey, shared)),
            Count("sign", i => CurveSubjects.SignUnchecked(secrets[i], party.Digest, signature)),
        ];

        Constancy Count(string name, Action<int> operation)
        {
            double Once(int i) => counter.Once(() => operation(i)).Total;

            // The first run also compiles, this very lambda included.
            Once(0);
            var totals = Enumerable.Range(0, secrets.Count).Select(Once).ToList();
            return new Constancy(name, secrets.Count, totals.Min(), totals.Max());
        }
    }
}
