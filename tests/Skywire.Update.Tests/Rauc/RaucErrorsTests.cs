using Skywire.Testing;
using Skywire.Update.Policy;
using Skywire.Update.Rauc;

namespace Skywire.Update.Tests.Rauc;

public sealed class RaucErrorsTests
{
    // What the image's RAUC said on a board.
    public static TheoryData<string, string, string> Recorded
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var line in File.ReadLines(Path.Combine(Vectors.Folder, "rauc-errors.txt")).Where(l => l.Length > 0 && l[0] != '#'))
            {
                var columns = line.Split('\t');
                data.Add(columns[0], columns[1], columns[2]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Map_Recorded_GivesItsWord(string wrong, string word, string text) => Assert.True(RaucErrors.Map(text).Word == word, $"{wrong}: {RaucErrors.Map(text).Word} instead of {word}");

    // Texts of rauc 1.13 as its sources have them, in the frames its callers put around them.
    [Theory]
    [InlineData("signature verification failed: Verify error: self-signed certificate", RefusalCode.BadSignature)]
    [InlineData("Invalid bundle format: Signature size (18446744073709551615) exceeds bundle size", RefusalCode.Truncated)]
    [InlineData("Invalid bundle format: Signature size is 0", RefusalCode.Unsigned)]
    [InlineData("Invalid bundle format: Signature data is no valid CMS", RefusalCode.Unsigned)]
    [InlineData("Payload size (123) is not a multiple of 4KiB. See https://rauc.readthedocs.io", RefusalCode.Truncated)]
    [InlineData("Compatible mismatch: Expected 'skyminer-universal' but bundle manifest has 'skyminer-x'", RefusalCode.WrongBoard)]
    [InlineData("Installation error: Failed updating slot rootfs.1: Slot (536870912 bytes) is too small for image (600000000 bytes).", RefusalCode.SlotTooSmall)]
    [InlineData("Installation error: Failed updating slot rootfs.1: failed to copy image: Error reading from file descriptor: Input/output error", RefusalCode.Altered)]
    [InlineData("bundle payload is corrupted", RefusalCode.Altered)]
    [InlineData("already processing a different method", RefusalCode.Busy)]
    [InlineData("Invalid bundle format: Failed to open bundle for reading: Error opening file /media/x.raucb: No such file or directory", RefusalCode.NotFound)]
    [InlineData("Installation error: Compatible mismatch: Expected 'skyminer-test' but bundle manifest has 'other'", RefusalCode.WrongBoard)]
    [InlineData("something new", RefusalCode.InstallFailed)]
    [InlineData("", RefusalCode.InstallFailed)]
    public void Map_Text_GivesItsCode(string text, RefusalCode code)
    {
        var refusal = RaucErrors.Map(text);
        Assert.Equal(code, refusal.Code);
        Assert.NotEmpty(refusal.Cause);
    }
}
