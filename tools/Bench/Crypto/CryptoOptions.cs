// The command line of the crypto bench.
using System.Globalization;
using Skywire.Bench.Measuring;

namespace Skywire.Bench.Crypto;

/// <summary>What a run measures and how it ends.</summary>
internal sealed record CryptoOptions
{
    /// <summary>As text for a person who typed something else.</summary>
    public const string Usage = "crypto [--json] [--only NAME] [--rounds N] [--no-avx512] [--gate]";

    /// <summary>JSON on standard output in place of tables.</summary>
    public bool Json { get; private init; }

    /// <summary>Only subjects with this in their name, e.g. "seal" or "ECDH".</summary>
    public string? Only { get; private init; }

    /// <summary>Rounds per subject.</summary>
    public int Rounds { get; private init; } = Interleaved.DefaultRounds;

    /// <summary>As on a machine without AVX-512, for the firmware, .NET and OpenSSL alike.</summary>
    public bool NoAvx512 { get; private init; }

    /// <summary>Exit code 1 when a must is missed by more than the slack, twice.</summary>
    public bool Gate { get; private init; }

    /// <summary>This is the pinned child that measures.</summary>
    public bool IsChild { get; private init; }

    /// <summary>Reads arguments; null when they make no sense.</summary>
    public static CryptoOptions? Parse(ReadOnlySpan<string> args)
    {
        var options = new CryptoOptions();
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--json":
                    options = options with { Json = true };
                    break;
                case "--no-avx512":
                    options = options with { NoAvx512 = true };
                    break;
                case "--gate":
                    options = options with { Gate = true };
                    break;
                case "--child":
                    options = options with { IsChild = true };
                    break;
                case "--only" when i + 1 < args.Length:
                    options = options with { Only = args[++i] };
                    break;
                case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is > 0 and <= 100_000:
                    options = options with { Rounds = rounds };
                    i++;
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
