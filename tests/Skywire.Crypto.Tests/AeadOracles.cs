// Independent implementations the kernels are compared with.
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using Xunit;

namespace Skywire.Crypto.Tests;

/// <summary>The platform's class and BouncyCastle.</summary>
internal sealed class AeadOracles(byte[] key) : IDisposable
{
    private readonly System.Security.Cryptography.ChaCha20Poly1305? _platform =
        System.Security.Cryptography.ChaCha20Poly1305.IsSupported ? new System.Security.Cryptography.ChaCha20Poly1305(key) : null;

    /// <summary>Every kernel this processor runs, by name.</summary>
    public static TheoryData<string> Kernels => [.. Supported.Select(kernel => kernel.ToString())];

    internal static IEnumerable<AeadKernel> Supported => Enum.GetValues<AeadKernel>().Where(AeadKernels.IsSupported);

    /// <summary>Ciphertext || tag by the platform, or by BouncyCastle where the platform has none.</summary>
    internal byte[] Seal(byte[] nonce, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        if (_platform is null)
        {
            return SealByBouncyCastle(nonce, plaintext.ToArray(), associatedData.ToArray());
        }

        var output = new byte[plaintext.Length + AeadKey.TagSize];
        _platform.Encrypt(nonce, plaintext, output.AsSpan(0, plaintext.Length), output.AsSpan(plaintext.Length), associatedData);
        return output;
    }

    /// <summary>Ciphertext || tag by BouncyCastle.</summary>
    internal byte[] SealByBouncyCastle(byte[] nonce, byte[] plaintext, byte[] associatedData)
    {
        // It refuses to take one nonce twice in a row, so each call starts anew.
        var cipher = new ChaCha20Poly1305();
        cipher.Init(true, new AeadParameters(new KeyParameter(key), 128, nonce, associatedData));
        var output = new byte[plaintext.Length + AeadKey.TagSize];
        var n = cipher.ProcessBytes(plaintext, 0, plaintext.Length, output, 0);
        cipher.DoFinal(output, n);
        return output;
    }

    public void Dispose() => _platform?.Dispose();
}
