// Pauses between tries: doubling, bounded, spread so that a box of boards does not knock in step.
using System.Buffers.Binary;
using Skywire.Crypto;

namespace Skywire.Transport.Manager;

/// <summary>One owner.</summary>
internal sealed class BackOff(TimeSpan first, TimeSpan most, IEntropy entropy)
{
    private int _failures;

    /// <summary>The pause before the next try: the current step, plus or minus a quarter.</summary>
    internal TimeSpan Next()
    {
        var step = first * Math.Pow(2, _failures);
        if (step >= most)
        {
            return Spread(most, entropy);
        }

        _failures++;
        return Spread(step, entropy);
    }

    /// <summary>Starts over after a success.</summary>
    internal void Reset() => _failures = 0;

    /// <summary>A span of 75 to 125 % of <paramref name="span"/>.</summary>
    internal static TimeSpan Spread(TimeSpan span, IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[2];
        entropy.Fill(bytes);
        return span * (0.75 + (BinaryPrimitives.ReadUInt16BigEndian(bytes) / 131072.0));
    }
}
