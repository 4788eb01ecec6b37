// Finding the native peers. A peer that is not there takes no part, and the report says which package has it. SKYMINER_PEER_LIBSECP256K1 and the like
// name a file to use in place of the installed one, to compare with another version.
using System.Reflection;
using System.Runtime.InteropServices;

namespace Skywire.Bench.Peers;

/// <summary>A shared library by the name used in P/Invoke declarations, with the file names it goes by.</summary>
/// <param name="Name">Contender name.</param>
/// <param name="Library">Name in declarations.</param>
/// <param name="Files">File names to try, newest first.</param>
/// <param name="Package">The apt package that has it.</param>
internal sealed record NativePeer(string Name, string Library, IReadOnlyList<string> Files, string Package)
{
    /// <summary>OpenSSL's libcrypto.</summary>
    public static NativePeer OpenSsl { get; } = new("OpenSSL EVP", "libcrypto", ["libcrypto.so.3"], "libssl3");

    /// <summary>libsodium.</summary>
    public static NativePeer Sodium { get; } = new("libsodium", "libsodium", ["libsodium.so.26", "libsodium.so.23"], "libsodium23");

    /// <summary>libsecp256k1; the functions used here are the same in all these versions.</summary>
    public static NativePeer Secp256k1 { get; } = new("libsecp256k1", "libsecp256k1", ["libsecp256k1.so.6", "libsecp256k1.so.5", "libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so.0"], "libsecp256k1-1");

    private static readonly Dictionary<string, nint> Handles = [];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<NativePeer> All { get; } = [OpenSsl, Sodium, Secp256k1];

    /// <summary>The file it was found in; null when it is not installed.</summary>
    public string? File { get; private set; }

    /// <summary>True when it can be called.</summary>
    public bool IsPresent => File is not null;

    /// <summary>Looks for all of them; once, before anything of theirs is called.</summary>
    public static void Load()
    {
        foreach (var peer in All)
        {
            var given = Environment.GetEnvironmentVariable("SKYMINER_PEER_" + peer.Library.ToUpperInvariant());
            foreach (var file in given is null ? peer.Files : [given])
            {
                if (NativeLibrary.TryLoad(file, out var handle))
                {
                    Handles[peer.Library] = handle;
                    peer.File = file;
                    break;
                }
            }
        }

        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => Handles.GetValueOrDefault(name));
    }
}
