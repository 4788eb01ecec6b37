// The envelope of stream requests and responses (spec 03 §4).
using System.Buffers;
using Skywire.Crypto;
using Skywire.Wire.Gob;

namespace Skywire.Dmsg.Objects;

/// <summary>signature (65) || gob. The signature is over SHA-256 of the bytes received, never over a re-encoding.</summary>
internal static class SignedObject
{
    /// <summary>Largest object accepted. The largest known one carries a post-quantum handshake message and stays below 2 KiB; the frame could name 64.</summary>
    public const int MaxSize = 16 * 1024;

    // A few flat types; anything more is no stream request or response.
    private static readonly GobLimits Limits = new() { MaxMessage = MaxSize, MaxDepth = 8, MaxTypes = 16 };

    /// <summary>Encodes and signs.</summary>
    public static byte[] Make(GobType type, GobValue value, SecKey key)
    {
        var gob = new ArrayBufferWriter<byte>(512);
        new GobEncoder().Encode(gob, type, value);
        var signed = new byte[Signature.Size + gob.WrittenCount];
        key.SignPayload(gob.WrittenSpan).CopyTo(signed);
        gob.WrittenSpan.CopyTo(signed.AsSpan(Signature.Size));
        return signed;
    }

    /// <summary>Decodes without judging the signature. Bytes behind the value are ignored, though signed.</summary>
    public static DmsgErrorCode TryDecode(ReadOnlySpan<byte> signed, out GobValue value)
    {
        value = GobValue.Null;
        if (signed.Length <= Signature.Size)
        {
            return DmsgErrorCode.SignedObjectTooShort;
        }

        if (signed.Length > MaxSize)
        {
            return DmsgErrorCode.Malformed;
        }

        var status = new GobDecoder(Limits).TryDecode(signed[Signature.Size..], out value, out _);
        return status == OperationStatus.Done && value.Kind == GobValue.ValueKind.Struct ? DmsgErrorCode.None : DmsgErrorCode.Malformed;
    }

    /// <summary>True when the object was signed by this key.</summary>
    public static bool Verify(ReadOnlySpan<byte> signed, PubKey key) =>
        signed.Length > Signature.Size
        && Signature.TryParse(signed[..Signature.Size], out var signature)
        && signature.VerifyPayload(key, signed[Signature.Size..]);
}
