// The framing numbers every Noise user shares, in one place.
namespace Skywire.Noise;

/// <summary>Limits of the framed byte stream (spec 02 §3, §5).</summary>
public static class NoiseFrame
{
    /// <summary>Length prefix.</summary>
    public const int PrefixSize = 2;

    /// <summary>Largest prefix value.</summary>
    public const int MaxLength = 4094;

    /// <summary>Largest plaintext of one frame: 4096 - 2 - 24.</summary>
    public const int MaxPlaintext = 4070;
}
