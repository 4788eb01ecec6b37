using Skywire.ImageBuild.Root;
using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class SlotTreeTests
{
    [Fact]
    public void Owners_ListOfASlot_HasModeAndOwnerOfFilesAndFolders()
    {
        var owners = SlotTree.Owners("""
            drwxr-xr-x 0/0                     244 2026-11-21 18:33 squashfs-root
            lrwxrwxrwx 0/0                       7 2026-11-21 18:33 squashfs-root/bin -> usr/bin
            -rw-r----- 0/42                    601 2026-11-21 18:33 squashfs-root/etc/shadow
            -rwxr-sr-x 0/42                  39528 2026-11-21 18:33 squashfs-root/usr/sbin/unix_chkpwd
            drwxrwxrwt 0/0                       3 2026-11-21 18:33 squashfs-root/tmp
            drwxr-sr-x 0/999                     3 2026-11-21 18:33 squashfs-root/var/log/journal
            -rw-r--r-- 0/0                      12 2026-11-21 18:33 squashfs-root/usr/lib/firmware/a b.txt
            """).ToDictionary(o => o.Path, o => o.Ownership);
        Assert.Equal(
            new Dictionary<string, Ownership>
            {
                ["etc/shadow"] = Of("640", 42),
                ["usr/sbin/unix_chkpwd"] = Of("2755", 42),
                ["tmp"] = Of("1777", 0),
                ["var/log/journal"] = Of("2755", 999),
                ["usr/lib/firmware/a b.txt"] = Of("644", 0),
            },
            owners);
    }

    [Theory]
    [InlineData("Creation or last append time Sat Nov 21 17:40:45 2026")]
    [InlineData("Creation or last append time Sat Nov 21 17:40:45 2026 UTC")]
    public void MadeAt_TimeOfTheSlot_IsRead(string line)
        => Assert.Equal(new DateTimeOffset(2026, 11, 21, 17, 40, 45, TimeSpan.Zero), SlotTree.MadeAt($"Found a valid SQUASHFS\n{line}\nFilesystem size 1\n"));

    private static Ownership Of(string octal, int group) => new((UnixFileMode)Convert.ToInt32(octal, 8), 0, group);
}
