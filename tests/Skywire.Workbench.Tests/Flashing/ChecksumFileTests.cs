namespace Skywire.Workbench.Tests.Flashing;

public sealed class ChecksumFileTests : IDisposable
{
    private static readonly string A = new('a', 64), B = new('b', 64), C = new('C', 64);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_NothingBeside_IsNull() => Assert.Null(ChecksumFile.Find(_folder.File("x.img.zst")));

    [Fact]
    public void Find_BareSum_SpeaksOfItsImage()
    {
        _folder.Write("x.img.zst.sha256", C + "\n");
        Assert.Equal(new string('c', 64), ChecksumFile.Find(_folder.File("x.img.zst"))!.File);
    }

    [Fact]
    public void Find_SumsOfAllArtefacts_GivesPackedAndPlain()
    {
        // What the image builder writes: one file for a whole build.
        _folder.Write("x.sha256", $"{A}  x.img.zst\n{B} *x.img\n{C}  x.squashfs\n");
        var packed = ChecksumFile.Find(_folder.File("x.img.zst"))!;
        Assert.Equal((A, B), (packed.File, packed.Plain));
        var plain = ChecksumFile.Find(_folder.File("x.img"))!;
        Assert.Equal((B, null), (plain.File, plain.Plain));
    }

    [Fact]
    public void Find_OwnFileWithoutThisImage_IsAnError()
    {
        _folder.Write("x.img.sha256", $"{A}  other.img\n");
        var error = Assert.Throws<WorkbenchException>(() => ChecksumFile.Find(_folder.File("x.img")));
        Assert.Contains("x.img.sha256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_SharedFileWithoutThisImage_IsNull()
    {
        _folder.Write("x.sha256", $"{A}  other.img\n");
        Assert.Null(ChecksumFile.Find(_folder.File("x.img")));
    }
}
