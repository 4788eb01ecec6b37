using Skywire.Visor.Storage;

namespace Skywire.Visor.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_ExistingFile_ReplacesItWholeWithTheMode()
    {
        var path = _folder.Write("f", "old and long");
        AtomicFile.Write(path, "new"u8, AtomicFile.Private);
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_TargetIsAFolder_ThrowsAndLeavesNothingBehind()
    {
        Directory.CreateDirectory(_folder.File("f"));
        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(_folder.File("f"), "x"u8, AtomicFile.Private));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Create_ExistingFile_ThrowsAndKeepsIt()
    {
        var path = _folder.Write("f", "old");
        Assert.Throws<IOException>(() => AtomicFile.Create(path, "new"u8, AtomicFile.Private));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void KeepLastGood_SameContent_DoesNotWriteAgain()
    {
        var path = _folder.Write("f", "x");
        AtomicFile.KeepLastGood(path, "x"u8, AtomicFile.Private);
        var copy = path + AtomicFile.LastGoodSuffix;
        File.SetUnixFileMode(copy, UnixFileMode.UserRead);
        AtomicFile.KeepLastGood(path, "x"u8, AtomicFile.Private);
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(copy));
        AtomicFile.KeepLastGood(path, "y"u8, AtomicFile.Private);
        Assert.Equal("y", File.ReadAllText(copy));
    }

    [Fact]
    public void InstanceLock_SecondTaker_IsRefusedAndToldWho()
    {
        using (InstanceLock.TryTake(_folder.File("data"), out _))
        {
            Assert.Null(InstanceLock.TryTake(_folder.File("data"), out var holder));
            Assert.Equal(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), holder);
        }

        using var again = InstanceLock.TryTake(_folder.File("data"), out _);
        Assert.NotNull(again);
    }
}
