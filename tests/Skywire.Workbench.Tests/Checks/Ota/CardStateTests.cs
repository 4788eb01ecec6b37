using Skywire.ImageBuild.Boot;
using Skywire.ImageBuild.Disk;
using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class CardStateTests : IDisposable
{
    private static readonly SlotState Old = new("A B", 3, 0);
    private static readonly SlotState New = new("B A", 3, 3);
    private readonly TempFolder _folder = new();

    [Fact]
    public void Read_BothCopies_AreWhereTheBootScriptHasThem()
    {
        var card = Card(Old, New);
        var state = CardState.Read(card);
        Assert.Equal((Old, New), (state.First, state.Second));
        Assert.Equal(0x300000, DiskLayout.SlotStateOffset);
        Assert.Equal(0x310000, DiskLayout.SlotStateCopyOffset);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_TornCopy_IsNoneAndTheOtherStays(bool second)
    {
        var card = Card(New, New);
        CardState.Write(card, second, CardState.Torn(Old.Encode(), New.Encode(), 20));
        var state = CardState.Read(card);
        Assert.Null(second ? state.Second : state.First);
        Assert.Equal(New, second ? state.First : state.Second);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(16)]
    public void Torn_AnywhereInWhatDiffers_HasAWrongChecksum(int at) => Assert.Null(SlotState.TryDecode(CardState.Torn(Old.Encode(), New.Encode(), at)));

    [Fact]
    public void IsSame_OneByteOfOneCopy_IsAnother()
    {
        var card = Card(Old, Old);
        var before = CardState.Read(card);
        Assert.True(before.IsSame(CardState.Read(card)));
        CardState.Write(card, second: true, New.Encode());
        Assert.False(before.IsSame(CardState.Read(card)));
    }

    public void Dispose() => _folder.Dispose();

    private string Card(SlotState first, SlotState second)
    {
        var card = _folder.File("card.img");
        using (var file = File.Create(card))
        {
            file.SetLength(DiskLayout.BootOffset);
        }

        CardState.Write(card, second: false, first.Encode());
        CardState.Write(card, second: true, second.Encode());
        return card;
    }
}
