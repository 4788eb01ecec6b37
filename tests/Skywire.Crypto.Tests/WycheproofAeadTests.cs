// The published Wycheproof cases for ChaCha20-Poly1305, on every kernel.
using System.Text.Json;
using Skywire.Testing;
using Xunit;

namespace Skywire.Crypto.Tests;

public sealed class WycheproofAeadTests
{
    private const string File = "wycheproof/chacha20_poly1305_test.json";

    public static TheoryData<string> Kernels => AeadOracles.Kernels;

    [Theory]
    [MemberData(nameof(Kernels))]
    public void SealAndOpen_PublishedCases_Agree(string kernel)
    {
        var file = Vectors.Load(File);
        var ran = 0;
        foreach (var test in file.GetProperty("testGroups").EnumerateArray().SelectMany(group => group.GetProperty("tests").EnumerateArray()))
        {
            Run(test, Enum.Parse<AeadKernel>(kernel));
            ran++;
        }

        Assert.Equal(file.GetProperty("numberOfTests").GetInt32(), ran);
        Assert.True(ran > 300);
    }

    private static void Run(JsonElement test, AeadKernel kernel)
    {
        var id = test.GetProperty("tcId").GetInt32();
        var isValid = test.Text("result") == "valid";
        var (nonce, plaintext, ciphertext, tag, associatedData) = (test.Hex("iv"), test.Hex("msg"), test.Hex("ct"), test.Hex("tag"), test.Hex("aad"));
        using var aead = new AeadKey(test.Hex("key"), kernel);
        var output = new byte[ciphertext.Length];
        var outputTag = new byte[AeadKey.TagSize];
        if (nonce.Length != ChaCha20.NonceSize)
        {
            Assert.False(isValid);
            Assert.Throws<ArgumentException>(() => aead.OpenDetached(nonce, ciphertext, tag, output, associatedData));
            Assert.Throws<ArgumentException>(() => aead.SealDetached(nonce, plaintext, output, outputTag, associatedData));
            return;
        }

        Assert.True(isValid == aead.OpenDetached(nonce, ciphertext, tag, output, associatedData), $"case {id}");
        Assert.Equal(isValid ? plaintext : new byte[ciphertext.Length], output);
        if (isValid)
        {
            aead.SealDetached(nonce, plaintext, output, outputTag, associatedData);
            Assert.Equal(ciphertext, output);
            Assert.Equal(tag, outputTag);
        }
    }
}
