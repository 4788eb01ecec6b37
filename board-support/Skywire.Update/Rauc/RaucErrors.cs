// RAUC tells the cause of a failure only in words (rauc 1.13, src/bundle.c, signature.c, install.c, update_handler.c). This table gives them a code.
using Skywire.Update.Policy;

namespace Skywire.Update.Rauc;

/// <summary>Maps RAUC's texts.</summary>
public static class RaucErrors
{
    // The first that is contained counts: special ones before general ones.
    private static readonly (string Text, RefusalCode Code)[] Table =
    [
        ("already processing", RefusalCode.Busy),
        ("Compatible mismatch", RefusalCode.WrongBoard),
        ("Version mismatch", RefusalCode.OlderVersion),
        ("is too small for image", RefusalCode.SlotTooSmall),
        ("No space left", RefusalCode.DiskTooSmall),
        ("payload is corrupted", RefusalCode.Altered),
        ("digest mismatch", RefusalCode.Altered),
        ("content verify error", RefusalCode.Altered),
        ("Input/output error", RefusalCode.Altered),
        ("Bundle format 'plain' not allowed", RefusalCode.Unsigned),
        ("Signature size is 0", RefusalCode.Unsigned),
        ("no valid CMS", RefusalCode.Unsigned),
        ("failed to parse signature", RefusalCode.Unsigned),
        ("unsupported signature content type", RefusalCode.Unsigned),
        ("signature verification failed", RefusalCode.BadSignature),
        ("Failed to verify X509", RefusalCode.BadSignature),
        ("exceeds bundle size", RefusalCode.Truncated),
        ("exceeds 64KiB", RefusalCode.Truncated),
        ("Bundle size", RefusalCode.Truncated),
        ("Payload size", RefusalCode.Truncated),
        ("Invalid bundle format", RefusalCode.Truncated),
        ("No such file", RefusalCode.NotFound),
    ];

    /// <summary>The refusal of a text.</summary>
    public static Refusal Map(string text)
    {
        foreach (var (part, code) in Table)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return new Refusal(code, text);
            }
        }

        return new Refusal(RefusalCode.InstallFailed, text.Length > 0 ? text : "RAUC gives no reason");
    }
}
