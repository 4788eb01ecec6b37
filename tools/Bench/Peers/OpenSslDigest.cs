// OpenSSL's hashes by EVP, context and algorithm kept.
using System.Runtime.InteropServices;

namespace Skywire.Bench.Peers;

/// <summary>One hash algorithm of OpenSSL, called message by message.</summary>
internal sealed unsafe partial class OpenSslDigest
{
    private const string Library = "libcrypto";

    private readonly nint _algorithm;
    private readonly nint _context = NewContext();

    private OpenSslDigest(nint algorithm)
    {
        _algorithm = algorithm;
    }

    /// <summary>Null where this build of OpenSSL lacks the algorithm.</summary>
    public static OpenSslDigest? TryCreate(string name) => Fetch(0, name, 0) is var algorithm and not 0 ? new OpenSslDigest(algorithm) : null;

    /// <summary>Hashes one message.</summary>
    public void Hash(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* s = source, d = destination)
        {
            if ((Init(_context, _algorithm, 0) & Update(_context, s, source.Length) & Final(_context, d, null)) != 1)
            {
                throw new InvalidOperationException("OpenSSL refused");
            }
        }
    }

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_fetch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Fetch(nint context, string name, nint properties);

    [LibraryImport(Library, EntryPoint = "EVP_DigestInit_ex"), SuppressGCTransition]
    private static partial int Init(nint context, nint algorithm, nint engine);

    [LibraryImport(Library, EntryPoint = "EVP_DigestUpdate"), SuppressGCTransition]
    private static partial int Update(nint context, byte* input, nint length);

    [LibraryImport(Library, EntryPoint = "EVP_DigestFinal_ex"), SuppressGCTransition]
    private static partial int Final(nint context, byte* output, uint* length);
}
