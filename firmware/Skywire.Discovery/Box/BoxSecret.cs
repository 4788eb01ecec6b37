// Everything a box shares comes from one secret: who may speak, and the identities of the services, which outlive the board that runs them.
using System.Security.Cryptography;
using System.Text;
using Skywire.Crypto;

namespace Skywire.Discovery.Box;

/// <summary>The secret of a box and what is derived from it (HKDF-SHA256, RFC 5869). Whoever holds it is a member. Dispose wipes it.</summary>
public sealed class BoxSecret : IDisposable
{
    /// <summary>Bytes of the secret.</summary>
    public const int Size = 32;

    /// <summary>Bytes of the name under which a box is known on the wire.</summary>
    public const int MeshIdSize = 8;

    private static readonly byte[] Salt = Encoding.ASCII.GetBytes("skyminer box keys 1");

    private readonly byte[] _beaconKey;
    private readonly byte[] _meshId;
    private readonly byte[] _updateKey;

    private BoxSecret(ReadOnlySpan<byte> secret)
    {
        _beaconKey = Derive(secret, "beacon", Size);
        _meshId = Derive(secret, "mesh id", MeshIdSize);
        _updateKey = Derive(secret, "updates", Size);
        SetupNode = DeriveKey(secret, "setup node");
        DmsgServer = DeriveKey(secret, "dmsg server");
    }

    /// <summary>Identity of the box's setup node, the same on every member: nothing has to be told when another board takes over.</summary>
    public SecKey SetupNode { get; }

    /// <summary>Identity of the box's dmsg server.</summary>
    public SecKey DmsgServer { get; }

    /// <summary>What outsiders see of the box; derived, so that it tells neither secret nor name.</summary>
    public ReadOnlySpan<byte> MeshId => _meshId;

    /// <summary>Key of the tag on every beacon.</summary>
    internal ReadOnlySpan<byte> BeaconKey => _beaconKey;

    /// <summary>Takes the 32 bytes; false for another length. The caller wipes its copy.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> secret, out BoxSecret? box)
    {
        box = secret.Length == Size ? new BoxSecret(secret) : null;
        return box is not null;
    }

    /// <summary>Takes the content of a secret file: 64 hex digits, white space around them allowed.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BoxSecret? box)
    {
        box = null;
        text = text.Trim();
        Span<byte> bytes = stackalloc byte[Size];
        var ok = text.Length == Size * 2 && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done && TryCreate(bytes, out box);
        CryptographicOperations.ZeroMemory(bytes);
        return ok;
    }

    /// <summary>HMAC-SHA256 of what members tell each other about updates, in lower-case hex.</summary>
    public string TagUpdate(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(HMACSHA256.HashData(_updateKey, content));

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_beaconKey);
        CryptographicOperations.ZeroMemory(_updateKey);
        SetupNode.Dispose();
        DmsgServer.Dispose();
    }

    /// <summary>Names the mesh ID only.</summary>
    public override string ToString() => "box " + Convert.ToHexStringLower(_meshId);

    private static byte[] Derive(ReadOnlySpan<byte> secret, string use, int length)
    {
        var output = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, output, Salt, Encoding.ASCII.GetBytes(use));
        return output;
    }

    // One in 2^128 outputs is no key of the curve; the next one then is.
    private static SecKey DeriveKey(ReadOnlySpan<byte> secret, string use)
    {
        for (var i = 0; ; i++)
        {
            var bytes = Derive(secret, $"{use} {i}", SecKey.Size);
            var ok = SecKey.TryParse(bytes, out var key);
            CryptographicOperations.ZeroMemory(bytes);
            if (ok)
            {
                return key!;
            }
        }
    }
}
