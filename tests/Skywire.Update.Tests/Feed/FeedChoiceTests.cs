using Skywire.Update.Feed;
using Skywire.Update.Policy;
using Skywire.Update.Tests.Simulated;
using Skywire.Update.Versions;

namespace Skywire.Update.Tests.Feed;

public sealed class FeedChoiceTests
{
    private static readonly FeedBundle Old = Bundle("0.1.0-3.ga");
    private static readonly FeedBundle New = Bundle("0.1.0-12.gb") with { MinVersion = SemanticVersion.Parse("0.1.0-2.gx") };
    private static readonly FeedBundle Foreign = Bundle("0.9.0") with { Compatible = "skyminer-orangepi-pc2" };
    private static readonly UpdateFeed Feed = new("stable", null, [Old, New, Foreign]);

    private static ChoiceFacts Board => new() { Compatible = SampleBundle.Board, Running = SemanticVersion.Parse("0.1.0-5.gc")!, Channel = UpdateChannel.Stable };

    [Fact]
    public void Of_Newer_IsTaken() => Assert.Equal(New, FeedChoice.Of(Feed, Board).Bundle);

    [Theory]
    [InlineData("0.1.0-12.gz")]
    [InlineData("0.1.0")]
    public void Of_NothingNewer_IsNeitherBundleNorRefusal(string running)
        => Assert.Equal(new FeedDecision(null, null), FeedChoice.Of(Feed, Board with { Running = SemanticVersion.Parse(running)! }));

    [Fact]
    public void Of_OtherBoardsOnly_IsWrongBoard() => Refused(RefusalCode.WrongBoard, FeedChoice.Of(Feed, Board with { Compatible = "skyminer-other" }));

    [Fact]
    public void Of_TooOldToComeFrom_IsMinVersion() => Refused(RefusalCode.MinVersion, FeedChoice.Of(Feed, Board with { Running = SemanticVersion.Parse("0.1.0-1.gx")! }));

    [Fact]
    public void Of_Older_NeedsToBeAskedFor()
    {
        var wanted = Board with { Wanted = Old.Version, IsByHand = true };
        Refused(RefusalCode.OlderVersion, FeedChoice.Of(Feed, wanted));
        Assert.Equal(Old, FeedChoice.Of(Feed, wanted with { AllowsDowngrade = true }).Bundle);
    }

    [Fact]
    public void Of_FailedBefore_OnlyByHand()
    {
        var board = Board with { Failed = [New.Version.Text] };
        Refused(RefusalCode.FailedBefore, FeedChoice.Of(Feed, board));
        Assert.Equal(New, FeedChoice.Of(Feed, board with { IsByHand = true, Wanted = New.Version }).Bundle);
    }

    [Fact]
    public void Of_Pinned_TakesItsVersionAndNoOther()
    {
        var board = Board with { Channel = UpdateChannel.Pinned, Wanted = New.Version };
        Assert.Equal(New, FeedChoice.Of(Feed with { Channel = "testing" }, board).Bundle);
        Assert.Equal(new FeedDecision(null, null), FeedChoice.Of(Feed, board with { Running = New.Version }));
        Refused(RefusalCode.NotFound, FeedChoice.Of(Feed, board with { Wanted = SemanticVersion.Parse("7.0.0") }));
        Refused(RefusalCode.OlderVersion, FeedChoice.Of(Feed, board with { Wanted = Old.Version }));
    }

    [Fact]
    public void Of_OtherChannel_IsRefused() => Refused(RefusalCode.BadFeed, FeedChoice.Of(Feed, Board with { Channel = UpdateChannel.Testing }));

    [Fact]
    public void Of_EmptyFeed_IsNothing() => Assert.Equal(new FeedDecision(null, null), FeedChoice.Of(Feed with { Bundles = [] }, Board));

    [Fact]
    public void Check_SameVersion_IsRefusedUnlessAskedFor()
    {
        Assert.Equal(RefusalCode.SameVersion, FeedChoice.Check(Board.Running, null, SampleBundle.Board, Board)!.Code);
        Assert.Null(FeedChoice.Check(Board.Running, null, SampleBundle.Board, Board with { AllowsDowngrade = true }));
    }

    [Fact]
    public void Refusals_All_HaveWordAndRemedy() => Assert.All(Enum.GetValues<RefusalCode>(), code =>
    {
        var refusal = new Refusal(code, "x");
        Assert.Matches("^[a-z_]+$", refusal.Word);
        Assert.NotEmpty(refusal.Remedy);
    });

    private static void Refused(RefusalCode code, FeedDecision decision)
    {
        Assert.Null(decision.Bundle);
        Assert.Equal(code, decision.Refusal!.Code);
    }

    private static FeedBundle Bundle(string version) => new() { Compatible = SampleBundle.Board, Version = SemanticVersion.Parse(version)!, File = new Uri("https://a.example/b"), Size = 1, Sha256 = new string('0', 64) };
}
