// Keys that every test of this project shares: made once from a seed.
using Skywire.Crypto;
using Skywire.Testing;

namespace Skywire.Visor.Tests;

internal static class TestKeys
{
    public static SecKey Secret { get; } = SecKey.Generate(new SeededEntropy(1));

    public static PubKey A { get; } = Secret.PublicKey;

    public static PubKey B { get; } = SecKey.Generate(new SeededEntropy(2)).PublicKey;

    public static PubKey C { get; } = SecKey.Generate(new SeededEntropy(3)).PublicKey;
}
