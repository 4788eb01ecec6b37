// The answer to a stream request (spec 03 §4).
using System.Security.Cryptography;
using Skywire.Crypto;
using Skywire.Wire.Gob;

namespace Skywire.Dmsg.Objects;

/// <summary>Accepts or refuses a request, bound to it by the hash of the signed request.</summary>
/// <param name="RequestHash">SHA-256 of the signed request, 32 bytes.</param>
/// <param name="Accepted">False: <paramref name="Code"/> says why.</param>
/// <param name="Code">Why it was refused.</param>
/// <param name="NoiseMessage">KK message 2.</param>
/// <param name="Address">The caller's address, for an address lookup only (2026).</param>
internal sealed record StreamResponse(byte[] RequestHash, bool Accepted, DmsgErrorCode Code, byte[] NoiseMessage, byte[]? Address = null)
{
    private static readonly GobType HashType = new GobType.Array("SHA256", GobType.UInt, SHA256.HashSizeInBytes);

    private static readonly GobType ResponseType = new GobType.Struct(
        "StreamResponse",
        new("ReqHash", HashType),
        new("Accepted", GobType.Bool),
        new("ErrCode", GobType.UInt),
        new("NoiseMsg", GobType.Bytes));

    // Only callers of 2026 look their address up, so only they meet the longer form.
    private static readonly GobType LookupResponseType = new GobType.Struct(
        "StreamResponse",
        new("ReqHash", HashType),
        new("Accepted", GobType.Bool),
        new("IP", GobType.Bytes),
        new("ErrCode", GobType.UInt),
        new("NoiseMsg", GobType.Bytes));

    /// <summary>The hash that binds a response to a request.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> signedRequest) => SHA256.HashData(signedRequest);

    /// <summary>The signed object.</summary>
    public byte[] Sign(SecKey key)
    {
        List<(string, GobValue)> fields =
        [
            ("ReqHash", GobValue.OfByteArray(RequestHash)),
            ("Accepted", GobValue.Of(Accepted)),
            ("ErrCode", GobValue.Of((ulong)Code)),
            ("NoiseMsg", GobValue.Of(NoiseMessage)),
        ];
        if (Address is not null)
        {
            fields.Add(("IP", GobValue.Of(Address)));
        }

        return SignedObject.Make(Address is null ? ResponseType : LookupResponseType, GobValue.OfStruct([.. fields]), key);
    }

    /// <summary>
    /// Decodes and checks in the reference's order: hash, signature. A refusal that is authentic is returned as a response with
    /// <see cref="Accepted"/> false and the code <see cref="DmsgErrorCode.None"/>.
    /// </summary>
    public static DmsgErrorCode TryParse(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> requestHash, PubKey signer, out StreamResponse? response)
    {
        response = null;
        var code = SignedObject.TryDecode(signed, out var value);
        if (code != DmsgErrorCode.None)
        {
            return code;
        }

        var hash = new byte[SHA256.HashSizeInBytes];
        if (!value["ReqHash"].TryCopyByteArray(hash) || !requestHash.SequenceEqual(hash))
        {
            return DmsgErrorCode.ResponseHash;
        }

        if (!SignedObject.Verify(signed, signer))
        {
            return DmsgErrorCode.ResponseSignature;
        }

        var accepted = value["Accepted"].AsBool;
        var number = value["ErrCode"].AsUInt;
        var known = number <= ushort.MaxValue && number != 0 && Enum.IsDefined((DmsgErrorCode)number);
        response = new StreamResponse(
            hash,
            accepted,
            accepted ? DmsgErrorCode.None : known ? (DmsgErrorCode)number : DmsgErrorCode.ResponseNotAccepted,
            value["NoiseMsg"].AsBytes,
            value["IP"].Kind == GobValue.ValueKind.Bytes ? value["IP"].AsBytes : null);
        return DmsgErrorCode.None;
    }
}
