using System.Formats.Tar;
using System.Text;
using Skywire.ImageBuild.Root;

namespace Skywire.ImageBuild.Tests;

public sealed class PackageUnpackerTests
{
    [Fact]
    public async Task ExtractAsync_FilesLinksModes_AreLaidTrimmedAndOwned()
    {
        using var scratch = new ScratchFolder();
        var owners = new OwnershipTable();
        var tar = Tar(
            new PaxTarEntry(TarEntryType.Directory, "./usr/bin/") { Mode = (UnixFileMode)0x1ed },
            File("./usr/bin/chage", "x", (UnixFileMode)0x5ed, group: 42),
            File("./usr/bin/su", "su", (UnixFileMode)0x9ed),
            new PaxTarEntry(TarEntryType.HardLink, "./usr/bin/su2") { LinkName = "./usr/bin/su" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "./usr/bin/sh") { LinkName = "dash" },
            File("./lib/old", "old"),
            File("./usr/share/man/man1/su.1.gz", "m"));
        await new PackageUnpacker(scratch.Path, PathRules.Parse("f", ["- usr/share/man/*"]), owners).ExtractAsync(tar, TestContext.Current.CancellationToken);
        Assert.Equal("su", await System.IO.File.ReadAllTextAsync(scratch.At("usr/bin/su2"), TestContext.Current.CancellationToken));
        Assert.Equal("dash", new FileInfo(scratch.At("usr/bin/sh")).LinkTarget);
        Assert.True(System.IO.File.Exists(scratch.At("usr/lib/old")));
        Assert.False(Path.Exists(scratch.At("usr/share/man/man1/su.1.gz")));
        var table = owners.PseudoFile(scratch.Path).Split('\n');
        Assert.Contains("\"usr/bin/chage\" m 2755 0 42", table);
        // No set-user bit reaches the image.
        Assert.Contains("\"usr/bin/su\" m 755 0 0", table);
        Assert.Contains("\"usr/bin/sh\" m 777 0 0", table);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("./usr/../../x")]
    public async Task ExtractAsync_PathOutOfTheTree_IsRefused(string name)
    {
        using var scratch = new ScratchFolder();
        var unpacker = new PackageUnpacker(scratch.Path, PathRules.Parse("f", []), new OwnershipTable());
        await Assert.ThrowsAsync<ImageException>(() => unpacker.ExtractAsync(Tar(File(name, "x")), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ExtractAsync_DeviceNode_IsRefused()
    {
        using var scratch = new ScratchFolder();
        var unpacker = new PackageUnpacker(scratch.Path, PathRules.Parse("f", []), new OwnershipTable());
        var error = await Assert.ThrowsAsync<ImageException>(() => unpacker.ExtractAsync(Tar(new PaxTarEntry(TarEntryType.CharacterDevice, "./dev/null") { DeviceMajor = 1, DeviceMinor = 3 }), TestContext.Current.CancellationToken));
        Assert.Contains("dev/null", error.Message, StringComparison.Ordinal);
    }

    private static PaxTarEntry File(string name, string text, UnixFileMode mode = (UnixFileMode)0x1a4, int group = 0) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.ASCII.GetBytes(text)), Mode = mode, Gid = group };

    private static MemoryStream Tar(params TarEntry[] entries)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        stream.Position = 0;
        return stream;
    }
}
