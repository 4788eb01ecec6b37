using System.Text.RegularExpressions;
using Skywire.ImageBuild.Root;

namespace Skywire.ImageBuild.Tests.Root;

public sealed partial class UpdaterFilesTests
{
    // Otherwise the device list of PrivateDevices= forbids the opening, which "graceful" passes over in silence.
    [Fact]
    public void SlotAccess_EachSlotThatIsOpened_IsAllowedByTheDeviceList()
    {
        var opened = Opened().Matches(UpdaterFiles.SlotAccess).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(2, opened.Count);
        Assert.Equal(opened, Allowed().Matches(UpdaterFiles.SlotAccess).Select(m => m.Groups[1].Value));
    }

    [GeneratedRegex(@"^OpenFile=([^:]+):slot-[ab]:read-only,graceful$", RegexOptions.Multiline)]
    private static partial Regex Opened();

    [GeneratedRegex(@"^DeviceAllow=(\S+) r$", RegexOptions.Multiline)]
    private static partial Regex Allowed();
}
