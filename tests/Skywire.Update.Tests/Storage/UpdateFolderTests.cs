using Skywire.Testing;
using Skywire.Update.Storage;

namespace Skywire.Update.Tests.Storage;

public sealed class UpdateFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly UpdateFolder _files;

    public UpdateFolderTests()
    {
        _files = new UpdateFolder(_folder.File("update"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WriteAppendReadDelete_Work()
    {
        Assert.Null(_files.Read("a/b", 10));
        _files.Write("a/b", "one"u8);
        _files.Append("a/b", "two"u8);
        Assert.Equal("onetwo"u8.ToArray(), _files.Read("a/b", 6));
        Assert.Null(_files.Read("a/b", 5));
        _files.Write("a/b", "three"u8);
        Assert.Equal("three", _folder.Read("update/a/b"));
        _files.Delete("a/b");
        _files.Delete("a/b");
        Assert.Null(_files.Read("a/b", 10));
        Assert.True(_files.FreeBytes > 0);
    }

    [Fact]
    public void Open_MakesKeepsAndResizes()
    {
        using (var stream = _files.Open("d/part", 100))
        {
            stream.Position = 50;
            stream.Write("x"u8);
        }

        using (var stream = _files.Open("d/part", 100))
        {
            Assert.Equal(100, stream.Length);
            stream.Position = 50;
            Assert.Equal('x', stream.ReadByte());
        }

        using (var stream = _files.Open("d/part", 20))
        {
            Assert.Equal(20, stream.Length);
        }
    }

    [Fact]
    public void Keep_RemovesTheOthers()
    {
        _files.Keep("d", []);
        _files.Write("d/a", "1"u8);
        _files.Write("d/b", "2"u8);
        _files.Keep("d", ["b", "c"]);
        Assert.Equal([_files.PathOf("d/b")], Directory.GetFiles(_files.PathOf("d")));
    }

    // /dev/full answers every write with ENOSPC: what the base library makes of it is what IsFull must know.
    [Fact]
    public void IsFull_RealError_IsKnown()
    {
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        Assert.True(UpdateFolder.IsFull(Assert.Throws<IOException>(() => full.Write("x"u8))));
        Assert.False(UpdateFolder.IsFull(new IOException("x")));
    }
}
