// What members of a box tell each other about updates: one line with a challenge, one with a tag over everything, then JSON. A challenge counts once, so that an old message cannot be played again.
using System.Security.Cryptography;
using System.Text;
using Skywire.Discovery.Box;

namespace Skywire.Visor.Updates.Box;

/// <summary>Seals and opens messages. Pure.</summary>
internal static class BoxMessage
{
    /// <summary>Hex digits of a challenge.</summary>
    public const int ChallengeLength = 32;

    /// <summary>Header of the tag of a GET.</summary>
    public const string TagHeader = "X-Skywire-Box";

    private const int TagLength = 64;

    // A report with a roll-out in it has some 500 bytes.
    private const int MaxLength = 16 * 1024;

    /// <summary>Seals. <paramref name="use"/> keeps questions from being answers.</summary>
    public static byte[] Seal(BoxSecret secret, string use, string challenge, ReadOnlySpan<byte> json)
        => [.. Encoding.ASCII.GetBytes($"{challenge}\n{Tag(secret, use, challenge, json)}\n"), .. json];

    /// <summary>Opens; false for anything that was not sealed with this secret for this use. The challenge is the caller's to judge.</summary>
    public static bool TryOpen(BoxSecret secret, string use, ReadOnlySpan<byte> message, out string challenge, out byte[] json)
    {
        (challenge, json) = ("", []);
        const int head = ChallengeLength + 1 + TagLength + 1;
        if (message.Length is < head or > MaxLength || message[ChallengeLength] != '\n' || message[head - 1] != '\n')
        {
            return false;
        }

        var named = Encoding.ASCII.GetString(message[..ChallengeLength]);
        if (!IsEqual(Tag(secret, use, named, message[head..]), message.Slice(ChallengeLength + 1, TagLength)))
        {
            return false;
        }

        (challenge, json) = (named, message[head..].ToArray());
        return true;
    }

    /// <summary>The tag of a GET: whoever heard one can ask for the same bytes again, which are no secret.</summary>
    public static string TagOfGet(BoxSecret secret, string path, string range) => secret.TagUpdate(Encoding.UTF8.GetBytes($"GET\n{path}\n{range}"));

    /// <summary>True when a GET carries its tag.</summary>
    public static bool IsMember(BoxSecret secret, string path, string range, string? tag) => tag is not null && IsEqual(TagOfGet(secret, path, range), Encoding.UTF8.GetBytes(tag));

    private static string Tag(BoxSecret secret, string use, string challenge, ReadOnlySpan<byte> json)
        => secret.TagUpdate([.. Encoding.ASCII.GetBytes($"{use}\n{challenge}\n"), .. json]);

    private static bool IsEqual(string tag, ReadOnlySpan<byte> claimed) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(tag), claimed);
}
