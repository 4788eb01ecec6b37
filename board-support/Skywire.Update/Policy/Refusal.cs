// A refusal in words: what was found, and what a person can do about it.
using System.Text;

namespace Skywire.Update.Policy;

/// <summary>Why an update is not taken.</summary>
/// <param name="Code">The cause.</param>
/// <param name="Cause">What was found, in a sentence.</param>
public sealed record Refusal(RefusalCode Code, string Cause)
{
    /// <summary>The code as it stands in history, metrics and JSON.</summary>
    public string Word => WordOf(Code);

    /// <summary>What to do.</summary>
    public string Remedy => Code switch
    {
        RefusalCode.WrongBoard => "take the bundle made for this board",
        RefusalCode.OlderVersion => "add --allow-downgrade if the older version is really wanted",
        RefusalCode.SameVersion => "nothing to do",
        RefusalCode.MinVersion => "install the version named first, then this one",
        RefusalCode.BadSignature => "take a bundle signed by your publisher, or bring the new keyring with an update signed by the old key",
        RefusalCode.Unsigned => "take a signed bundle; tools/skyminer bundle makes one",
        RefusalCode.Truncated => "copy or download the bundle again",
        RefusalCode.Altered => "download again; when it happens twice, publish bundle and feed anew",
        RefusalCode.DiskTooSmall => "free space on the data partition, or use a larger card",
        RefusalCode.SlotTooSmall => "flash a new card: this image needs larger slots",
        RefusalCode.FailedBefore => "read `skywire update history`; install it by its version to try again",
        RefusalCode.Busy => "wait for the other installation to end",
        RefusalCode.NoRauc => "see `systemctl status rauc`; the board may run from something else than a slot",
        RefusalCode.InstallFailed => "see `journalctl -u rauc`",
        RefusalCode.Unreachable => "check the network and the feed's address",
        RefusalCode.BadFeed => "publish the feed anew with tools/skyminer bundle",
        RefusalCode.NotFound => "`skywire update check` shows what there is",
        RefusalCode.RolloutStopped => "`skywire update status` on the serving board says which board failed; start the roll-out again once it is mended",
        _ => "set `update_channel` to stable or testing",
    };

    /// <summary>The word of a code.</summary>
    public static string WordOf(RefusalCode code) => SnakeCase.Of(code.ToString());
}

/// <summary>Names of the code as words of files and metrics.</summary>
internal static class SnakeCase
{
    public static string Of(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
