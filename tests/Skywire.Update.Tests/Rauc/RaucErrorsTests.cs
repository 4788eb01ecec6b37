using Skywire.Update.Policy;
using Skywire.Update.Rauc;

namespace Skywire.Update.Tests.Rauc;

public sealed class RaucErrorsTests
{
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
    [InlineData("failed to open file '/media/x.raucb': No such file or directory", RefusalCode.NotFound)]
    [InlineData("something new", RefusalCode.InstallFailed)]
    [InlineData("", RefusalCode.InstallFailed)]
    public void Map_Text_GivesItsCode(string text, RefusalCode code)
    {
        var refusal = RaucErrors.Map(text);
        Assert.Equal(code, refusal.Code);
        Assert.NotEmpty(refusal.Cause);
    }
}
