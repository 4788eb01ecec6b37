using Skywire.Testing;

namespace Skywire.Workbench.Tests.Flashing;

public sealed class FlashRunTests : TestBase
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("")]
    [InlineData("zstd")]
    [InlineData("xz")]
    public async Task WriteAsync_ToFile_HoldsTheImageAndNothingMore(string program)
    {
        TestImage.RequirePrograms(program.Length > 0 ? [program] : []);
        var image = _folder.Write("x.img", TestImage.Create());
        var card = Card(TestImage.Size + 100_000);
        using var medium = Medium.Open(card);
        var report = await RunAsync(program.Length > 0 ? TestImage.Pack(image, program) : image, medium);
        var (written, expected) = (File.ReadAllBytes(card), File.ReadAllBytes(image));
        Assert.True(written.AsSpan(0, TestImage.Size).SequenceEqual(expected));
        Assert.True(report.Verified);

        // Up to the next page the end is made zero; what lies behind it stays as it was.
        Assert.Equal(-1, written.AsSpan(TestImage.Size + 4096).IndexOfAnyExcept((byte)0xff));
    }

    [Fact]
    public async Task WriteAsync_ZerosOfTheImage_ReplaceWhatLayThere()
    {
        var card = Card(TestImage.Size);
        using var medium = Medium.Open(card);
        await RunAsync(_folder.Write("x.img", TestImage.Create()), medium);
        Assert.Equal(-1, File.ReadAllBytes(card).AsSpan(AlignedBlock.Size, AlignedBlock.Size).IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(TestImage.Size / 2)]
    [InlineData(TestImage.Size - 1)]
    public async Task WriteAsync_OneByteChangesOnTheMedium_IsFoundByReadingBack(int at)
    {
        // The byte is changed in the file itself, after writing and before reading back.
        var card = Card(TestImage.Size);
        using var medium = Medium.Open(card);
        var run = new FlashRun((_, _, _) => { });
        var source = ImageSource.Open(_folder.Write("x.img", TestImage.Create()));
        var facts = run.Check(source, Deadline).Facts;
        using var spoiled = new SpoiledMedium(medium, () => Flip(card, at));
        var error = await Assert.ThrowsAsync<WorkbenchException>(() => run.WriteAsync(source, facts, spoiled, null, Deadline));
        Assert.Contains("1 of 4 blocks differ", error.Message, StringComparison.Ordinal);
        Assert.Contains("do not use this card", error.Remedy, StringComparison.Ordinal);
        Assert.True(run.IsCardHalfWritten);
    }

    [Fact]
    public async Task WriteAsync_TooSmall_TouchesNothing()
    {
        var card = Card(TestImage.Size - 512);
        using var medium = Medium.Open(card);
        var error = await Assert.ThrowsAsync<WorkbenchException>(() => RunAsync(_folder.Write("x.img", TestImage.Create()), medium));
        Assert.Contains("512 bytes more", error.Message, StringComparison.Ordinal);
        Assert.Equal(-1, File.ReadAllBytes(card).AsSpan().IndexOfAnyExcept((byte)0xff));
    }

    [Fact]
    public async Task WriteAsync_Stopped_LeavesNoPartitionTable()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var card = Card(TestImage.Size);
        using var medium = Medium.Open(card);
        var run = new FlashRun((stage, done, _) =>
        {
            if (stage == FlashStage.Write && done > AlignedBlock.Size)
            {
                stop.Cancel();
            }
        });
        var source = ImageSource.Open(_folder.Write("x.img", TestImage.Create()));
        var facts = run.Check(source, Deadline).Facts;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WriteAsync(source, facts, medium, null, stop.Token));
        Assert.True(run.IsCardHalfWritten);
        Assert.Null(PartitionTable.Parse(File.ReadAllBytes(card).AsSpan(0, 512)));
    }

    [Fact]
    public async Task WriteAsync_ImageChangedMeanwhile_IsFound()
    {
        var image = _folder.Write("x.img", TestImage.Create());
        using var medium = Medium.Open(Card(TestImage.Size));
        var run = new FlashRun((_, _, _) => { });
        var source = ImageSource.Open(image);
        var facts = run.Check(source, Deadline).Facts;
        File.WriteAllBytes(image, TestImage.Create().AsSpan(0, TestImage.Size - 512));
        var error = await Assert.ThrowsAsync<WorkbenchException>(() => run.WriteAsync(source, facts, medium, null, Deadline));
        Assert.Contains("changed while", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_WithSettings_AreOnTheBootPartition()
    {
        TestImage.RequirePrograms("mcopy", "mformat");
        var card = Card(TestImage.Size);
        using var medium = Medium.Open(card);
        var settings = new SettingsFile("mine.conf", "name = attic\nmesh_name = home\n").Named("box-{n}", 3);
        var report = await RunAsync(TestImage.WriteWithFat(_folder), medium, settings);
        Assert.Equal("name = box-3\nmesh_name = home\n", TestImage.Read(card, SettingsFile.Name));
        Assert.Equal("mine.conf", report.Settings);
    }

    [Fact]
    public async Task WriteAsync_ToLoopDevice_HoldsTheImageAndSettings()
    {
        TestImage.RequirePrograms("losetup", "mcopy", "mformat");
        using var loop = LoopDevice.Attach(Card((TestImage.Size + 4095) & ~4095));
        var image = TestImage.WriteWithFat(_folder);
        var expected = File.ReadAllBytes(image);
        using (var medium = Medium.Open(loop.Path))
        {
            Assert.True(medium is { IsDevice: true, IsPastCache: true });

            // Claimed: whoever mounts or writes meanwhile is turned away.
            Assert.Contains("in use", Assert.Throws<WorkbenchException>(() => Medium.Open(loop.Path)).Message, StringComparison.Ordinal);
            await RunAsync(image, medium, new SettingsFile("mine.conf", "name = attic\n"));
        }

        var written = File.ReadAllBytes(loop.File);
        Assert.Equal("name = attic\n", TestImage.Read(loop.File, SettingsFile.Name));
        Assert.True(written.AsSpan(8 << 20, TestImage.Size - (8 << 20)).SequenceEqual(expected.AsSpan(8 << 20)));
    }

    [Fact]
    public void Judge_LiveLoopDevice_NeedsForce()
    {
        TestImage.RequirePrograms("losetup");
        using var loop = LoopDevice.Attach(Card(1 << 20));
        var device = new DiskList(KernelFiles.Live).Find(loop.Path)!;
        Assert.Equal(1 << 20, device.Size);
        Assert.Equal("not_removable", TargetRules.Judge(device, 1, forceFixed: false)?.Code);
        Assert.Null(TargetRules.Judge(device, 1, forceFixed: true));
    }

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private static void Flip(string card, int at)
    {
        using var file = File.Open(card, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = at;
        var value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 0x10));
    }

    private async Task<FlashReport> RunAsync(string image, IMedium medium, SettingsFile? settings = null)
    {
        var run = new FlashRun((_, _, _) => { });
        var source = ImageSource.Open(image);
        var report = await run.WriteAsync(source, run.Check(source, Deadline).Facts, medium, settings, Deadline);
        Assert.False(run.IsCardHalfWritten);
        return report;
    }

    // A used card: nothing of it is zero.
    private string Card(int size)
    {
        var content = new byte[size];
        content.AsSpan().Fill(0xff);
        return _folder.Write("card", content);
    }
}
