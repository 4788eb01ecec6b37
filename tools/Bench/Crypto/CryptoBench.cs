// The crypto bench: every primitive and size against every peer that is installed, interleaved in one pinned process.
using System.Runtime.Intrinsics;
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;

namespace Skywire.Bench.Crypto;

/// <summary>Entry: starts the pinned child, or is it.</summary>
internal static class CryptoBench
{
    // Of the second word of OpenSSL's capability vector (CPUID leaf 7, EBX) the bits of AVX-512: F, DQ, IFMA, PF, ER, CD, BW, VL.
    private const string OpenSslWithoutAvx512 = ":~0xdc230000";

    /// <summary>Runs; the exit code is 1 for a missed gate or a contender that is wrong, 2 for bad arguments.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (CryptoOptions.Parse(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(CryptoOptions.Usage);
            return 2;
        }

        try
        {
            if (options.IsChild)
            {
                return Measure(options);
            }

            // Methods are counted from their first call, not after 100 ms without new ones: else the first subjects would be measured half compiled.
            var environment = new Dictionary<string, string> { ["DOTNET_TC_CallCountingDelayMs"] = "0" };
            if (options.NoAvx512)
            {
                environment["DOTNET_EnableAVX512"] = "0";
                environment["OPENSSL_ia32cap"] = OpenSslWithoutAvx512;
            }

            return await PinnedProcess.RunAsync(["crypto", "--child", .. args], environment);
        }
        catch (BenchException e)
        {
            await Console.Error.WriteLineAsync("error: " + e.Message);
            return 1;
        }
    }

    /// <summary>Everything there is to measure; peers that are not installed take no part.</summary>
    internal static IEnumerable<Subject> Subjects() => AeadSubjects.Create().Concat(CurveSubjects.Create()).Concat(HashSubjects.Create()).Concat(NoiseSubjects.Create());

    private static int Measure(CryptoOptions options)
    {
        NativePeer.Load();
        if (NativePeer.Sodium.IsPresent && Sodium.Initialize() < 0)
        {
            throw new BenchException("libsodium could not be initialized");
        }

        var subjects = Subjects()
            .Where(s => options.Only is null || s.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (subjects.Count == 0)
        {
            throw new BenchException($"no subject has '{options.Only}' in its name");
        }

        var targets = CryptoTargets.For(Machine.HasAvx512, Vector256.IsHardwareAccelerated);
        IReadOnlyList<Measured> measured = Run(subjects, options);
        var judged = Gate.Judge(targets, measured);
        var repeated = Gate.Missed(judged);
        if (options.Gate && repeated.Count > 0)
        {
            measured = Gate.Replace(measured, Run([.. subjects.Where(s => repeated.Contains(s.Name))], options));
            judged = Gate.Judge(targets, measured);
        }

        var report = new CryptoReport(Machine.Describe(), options.Rounds, measured, judged, options.Gate ? repeated : []);
        if (options.Json)
        {
            report.WriteJson();
        }
        else
        {
            report.WriteTables();
        }

        return options.Gate && Gate.Missed(judged).Count > 0 ? 1 : 0;
    }

    private static List<Measured> Run(List<Subject> subjects, CryptoOptions options)
    {
        var measured = new List<Measured>();
        foreach (var subject in subjects)
        {
            if (!Console.IsErrorRedirected)
            {
                Console.Error.Write($"\r\e[K{measured.Count + 1}/{subjects.Count} {subject.Name}");
            }

            measured.Add(Interleaved.Measure(subject, options.Rounds));
        }

        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write("\r\e[K");
        }

        return measured;
    }
}
