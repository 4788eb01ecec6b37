using System.Security.Cryptography;

namespace Skywire.Workbench.Tests.Flashing;

public sealed class ImageCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_PlainImage_KnowsSizeAndSum()
    {
        var image = TestImage.Create();
        var facts = Check(_folder.Write("x.img", image));
        Assert.Equal(TestImage.Size, facts.Size);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(image)), facts.Sha256);
        Assert.Equal(4, facts.BlockMarks.Count);
        Assert.Null(facts.SumsFile);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("xz")]
    public void Run_Packed_KnowsThePlainSizeAndSum(string program)
    {
        TestImage.RequirePrograms(program);
        var image = TestImage.Create();
        var packed = TestImage.Pack(_folder.Write("x.img", image), program);
        var facts = Check(packed);
        Assert.Equal((TestImage.Size, Convert.ToHexStringLower(SHA256.HashData(image))), (facts.Size, facts.Sha256));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(packed))), facts.FileSha256);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("xz")]
    public void Run_PackedCutAnywhere_IsRefused(string program)
    {
        TestImage.RequirePrograms(program);
        var packed = TestImage.Pack(_folder.Write("x.img", TestImage.Create()), program);
        var whole = File.ReadAllBytes(packed);
        foreach (var length in new[] { 20, whole.Length / 3, whole.Length / 2, whole.Length - 1 })
        {
            var error = Assert.Throws<WorkbenchException>(() => Check(_folder.Write("cut" + Path.GetExtension(packed), whole.AsSpan(0, length))));
            Assert.Contains("cut", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("xz")]
    public void Run_PackedWithOneByteChanged_IsRefused(string program)
    {
        TestImage.RequirePrograms(program);
        var packed = TestImage.Pack(_folder.Write("x.img", TestImage.Create()), program);
        var bytes = File.ReadAllBytes(packed);
        bytes[bytes.Length / 2] ^= 1;
        Assert.Throws<WorkbenchException>(() => Check(_folder.Write("bad" + Path.GetExtension(packed), bytes)));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(TestImage.Size / 2)]
    [InlineData(TestImage.Size - 512)]
    [InlineData(TestImage.Size - 1)]
    public void Run_PlainCut_IsSeenByItsPartitions(int length)
    {
        var error = Assert.Throws<WorkbenchException>(() => Check(_folder.Write("x.img", TestImage.Create().AsSpan(0, length))));
        Assert.Contains("cut short", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{TestImage.Size:N0}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoDiskImage_IsRefused()
    {
        var error = Assert.Throws<WorkbenchException>(() => Check(_folder.Write("root.squashfs", "hsqs and so on")));
        Assert.Contains("not a disk image", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zstd", true)]
    [InlineData("zstd", false)]
    public void Run_SumsOfAnotherVersion_IsRefused(string program, bool packedSumWrong)
    {
        TestImage.RequirePrograms(program);
        var packed = TestImage.Pack(_folder.Write("x.img", TestImage.Create()), program);
        string good = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(packed))), wrong = new('0', 64);
        _folder.Write("x.sha256", packedSumWrong ? $"{wrong}  x.img.zst\n" : $"{good}  x.img.zst\n{wrong}  x.img\n");
        var error = Assert.Throws<WorkbenchException>(() => Check(packed));
        Assert.Contains("does not match x.sha256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RightSums_SaysWhereTheyStood()
    {
        var image = TestImage.Create();
        _folder.Write("x.img.sha256", Convert.ToHexString(SHA256.HashData(image)) + "  x.img\n");
        Assert.Equal(_folder.File("x.img.sha256"), Check(_folder.Write("x.img", image)).SumsFile);
    }

    [Theory]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0 }, "gunzip")]
    [InlineData(new byte[] { (byte)'P', (byte)'K', 3, 4 }, "unzip")]
    [InlineData(new byte[0], "again")]
    public void Open_OtherPacking_NamesTheRemedy(byte[] start, string remedy) =>
        Assert.Contains(remedy, Assert.Throws<WorkbenchException>(() => ImageSource.Open(_folder.Write("x", start))).Remedy, StringComparison.Ordinal);

    [Fact]
    public void Open_NoFile_NamesTheRemedy() => Assert.Contains("builds one", Assert.Throws<WorkbenchException>(() => ImageSource.Open(_folder.File("none.img"))).Remedy, StringComparison.Ordinal);

    [Fact]
    public void BlockMark_EveryByte_Counts()
    {
        var block = new byte[19];
        var mark = ImageCheck.BlockMark(block);
        for (var i = 0; i < block.Length; i++)
        {
            block[i] = 1;
            Assert.NotEqual(mark, ImageCheck.BlockMark(block));
            block[i] = 0;
        }
    }

    private static ImageFacts Check(string path) => ImageCheck.Run(ImageSource.Open(path), (_, _) => { }, TestContext.Current.CancellationToken);
}
