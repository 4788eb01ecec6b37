// The bare cipher: published vectors, every length against BouncyCastle, the end of the counter.
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Skywire.Testing;
using Xunit;

namespace Skywire.Crypto.Tests;

public sealed class ChaCha20Tests
{
    public static TheoryData<string> Kernels => AeadOracles.Kernels;

    /// <summary>RFC 8439 section 2.4.2.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Xor_Rfc8439Section242_Matches(string kernel)
    {
        var key = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var plaintext = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."u8.ToArray();
        var output = new byte[plaintext.Length];
        ChaCha20.Xor(Enum.Parse<AeadKernel>(kernel), key, Convert.FromHexString("000000000000004a00000000"), 1, plaintext, output);
        Assert.Equal(
            "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d",
            Convert.ToHexStringLower(output));
    }

    /// <summary>RFC 8439 appendix A.1, test vectors 1 to 5: key stream blocks.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", 0, "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", 1, "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", "000000000000000000000000", 1, "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0")]
    [InlineData("00ff000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", 2, "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000002", 0, "c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c78a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d")]
    public void Xor_Rfc8439AppendixA1_Matches(string key, string nonce, uint counter, string expected)
    {
        foreach (var kernel in AeadOracles.Supported)
        {
            var block = new byte[64];
            ChaCha20.Xor(kernel, Convert.FromHexString(key), Convert.FromHexString(nonce), counter, block, block);
            Assert.Equal(expected, Convert.ToHexStringLower(block));
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Xor_EveryLengthTo2600_AgreesWithBouncyCastleAndItself(string kernel)
    {
        var entropy = new SeededEntropy(71);
        var key = entropy.Bytes(32);
        var nonce = entropy.Bytes(12);
        var source = entropy.Bytes(2600);
        var stream = new byte[2600];
        var engine = new ChaCha7539Engine();
        engine.Init(true, new ParametersWithIV(new KeyParameter(key), nonce));
        engine.ProcessBytes(source, 0, source.Length, stream, 0);
        var output = new byte[2601];
        for (var length = 0; length <= 2600; length++)
        {
            output[length] = 0x5A;
            ChaCha20.Xor(Enum.Parse<AeadKernel>(kernel), key, nonce, 0, source.AsSpan(0, length), output);
            Assert.True(output.AsSpan(0, length).SequenceEqual(stream.AsSpan(0, length)), $"{length} bytes");
            Assert.Equal(0x5A, output[length]);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Xor_CounterAtItsEnd_UsesLastBlocksAndRefusesMore(string kernel)
    {
        var chosen = Enum.Parse<AeadKernel>(kernel);
        var entropy = new SeededEntropy(72);
        var key = entropy.Bytes(32);
        var nonce = entropy.Bytes(12);
        var all = new byte[20 * 64];
        ChaCha20.Xor(chosen, key, nonce, uint.MaxValue - 19, all, all);
        for (uint block = 0; block < 20; block++)
        {
            var one = new byte[64];
            ChaCha20.Xor(AeadKernel.Scalar, key, nonce, uint.MaxValue - 19 + block, one, one);
            Assert.Equal(one, all[(int)(64 * block)..(int)(64 * (block + 1))]);
        }

        Assert.Throws<ArgumentException>(() => ChaCha20.Xor(chosen, key, nonce, uint.MaxValue - 19, new byte[(20 * 64) + 1], new byte[2000]));
    }

    [Fact]
    public void Xor_WrongLengths_Throw()
    {
        Assert.Throws<ArgumentException>(() => ChaCha20.Xor(new byte[31], new byte[12], 0, [], []));
        Assert.Throws<ArgumentException>(() => ChaCha20.Xor(new byte[32], new byte[8], 0, [], []));
        Assert.Throws<ArgumentException>(() => ChaCha20.Xor(new byte[32], new byte[12], 0, new byte[2], new byte[1]));
    }
}
