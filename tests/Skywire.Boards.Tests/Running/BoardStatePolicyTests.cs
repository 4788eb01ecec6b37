using Skywire.Boards.Leds;
using Skywire.Boards.Running;
using Skywire.Testing;

namespace Skywire.Boards.Tests.Running;

public sealed class BoardStatePolicyTests
{
    private readonly VirtualTime _time = new();
    private readonly BoardStatePolicy _policy;

    public BoardStatePolicyTests() => _policy = new BoardStatePolicy(_time);

    [Theory]
    [InlineData("booting", BoardState.Booting)]
    [InlineData("no_link", BoardState.NoLink)]
    [InlineData("linked", BoardState.Linked)]
    [InlineData("joined", BoardState.Joined)]
    [InlineData("traffic", BoardState.Traffic)]
    [InlineData("attention", BoardState.Attention)]
    [InlineData("a word of a later version", BoardState.Attention)]
    public void Judge_VisorAnswers_ShowsItsState(string word, BoardState state) => Assert.Equal((state, "why"), _policy.Judge(Facts(word)));

    [Fact]
    public void Judge_VisorNeverAnswers_IsBootingThenFailed()
    {
        var silent = new BoardFacts { MeshFault = "the visor does not run" };
        Assert.Equal(BoardState.Booting, _policy.Judge(silent).State);
        Wait(119);
        Assert.Equal(BoardState.Booting, _policy.Judge(silent).State);
        Wait(1);
        Assert.Equal((BoardState.Failed, "the visor does not run"), _policy.Judge(silent));
    }

    [Fact]
    public void Judge_VisorDies_IsFailedWithinSecondsAndRecovers()
    {
        Assert.Equal(BoardState.Joined, _policy.Judge(Facts("joined")).State);
        var silent = new BoardFacts { MeshFault = "gone" };
        Assert.Equal(BoardState.Booting, _policy.Judge(silent).State);
        Wait(10);
        Assert.Equal((BoardState.Failed, "gone"), _policy.Judge(silent));
        Assert.Equal(BoardState.NoLink, _policy.Judge(Facts("no_link")).State);
        Wait(60);
        Assert.Equal(BoardState.Booting, _policy.Judge(silent).State);
    }

    [Fact]
    public void Judge_SeveralHold_TheMostUrgentIsShown()
    {
        Assert.Equal(BoardState.Attention, _policy.Judge(Facts("joined") with { Mistakes = 1, IsUpdating = true }).State);
        Assert.Equal(BoardState.Updating, _policy.Judge(Facts("joined") with { IsUpdating = true }).State);
        Assert.Equal(BoardState.Updating, _policy.Judge(Facts("booting") with { IsUpdating = true }).State);
        Assert.Equal(BoardState.Attention, _policy.Judge(Facts("attention") with { IsUpdating = true }).State);
        Wait(120);
        _policy.Judge(new BoardFacts());
        Wait(120);
        Assert.Equal(BoardState.Failed, _policy.Judge(new BoardFacts { Mistakes = 3, IsUpdating = true }).State);
    }

    // Only what a plug pulled now would cost a try or a slot.
    [Theory]
    [InlineData("installing", BoardState.Updating)]
    [InlineData("verifying", BoardState.Updating)]
    [InlineData("rebooting", BoardState.Updating)]
    [InlineData("on_trial", BoardState.Updating)]
    [InlineData("downloading", BoardState.Joined)]
    [InlineData("waiting_for_window", BoardState.Joined)]
    [InlineData("idle", BoardState.Joined)]
    [InlineData("", BoardState.Joined)]
    public void Judge_UpdateOfTheVisor_IsShownWhileItWritesOrProvesItself(string phase, BoardState state)
    {
        var facts = Facts("joined");
        Assert.Equal(state, _policy.Judge(facts with { Mesh = facts.Mesh! with { UpdatePhase = phase } }).State);
    }

    [Fact]
    public void Judge_Mistakes_KeepsTheStateBeneathInWords()
        => Assert.Equal("2 mistakes in the settings, see skyminer-errors.txt on the card; linked: why", _policy.Judge(Facts("linked") with { Mistakes = 2 }).Reason);

    // A link to a neighbour is not the mesh: joined means that the serving board answered.
    [Theory]
    [InlineData("joined", false, BoardState.Linked)]
    [InlineData("traffic", false, BoardState.Linked)]
    [InlineData("no_link", false, BoardState.NoLink)]
    [InlineData("joined", true, BoardState.Joined)]
    public void Judge_InABox_JoinedIsMeasured(string word, bool joined, BoardState state)
        => Assert.Equal(state, _policy.Judge(new BoardFacts { Mesh = new MeshStatus(word, "why", "02", new MeshBox("home", joined, 2, "attic", false, "")) }).State);

    [Theory]
    [InlineData("no_link", "searching", false, BoardState.NoLink, "why; searching on the air")]
    [InlineData("no_link", "off", false, BoardState.NoLink, "why; radios are off: because")]
    [InlineData("no_link", "weak", false, BoardState.NoLink, "why; linked on the air, the signal is weak")]
    [InlineData("no_link", "joined", false, BoardState.NoLink, "why")]
    [InlineData("no_link", "no_radio", false, BoardState.NoLink, "why")]
    [InlineData("joined", "weak", false, BoardState.Joined, "why; the only link is on the air, and its signal is weak")]
    [InlineData("joined", "weak", true, BoardState.Joined, "why")]
    [InlineData("joined", "searching", false, BoardState.Joined, "why")]
    [InlineData("attention", "setup", false, BoardState.NoLink, "the setup access point Skyminer-1 is open: connect to it with a phone; why")]
    [InlineData("joined", "setup", false, BoardState.Joined, "why")]
    [InlineData("attention", "searching", false, BoardState.Attention, "why")]
    [InlineData("no_link", "a word of a later version", false, BoardState.NoLink, "why")]
    public void Judge_Air_ExplainsTheState(string word, string air, bool hasWire, BoardState state, string reason)
        => Assert.Equal((state, reason), _policy.Judge(Facts(word) with { Air = new AirStatus(air, "because", air == "setup" ? "Skyminer-1" : ""), HasWire = hasWire }));

    [Fact]
    public void Judge_SetupOpenAndMistakes_MistakesAreMoreUrgent()
        => Assert.Equal(BoardState.Attention, _policy.Judge(Facts("no_link") with { Air = new AirStatus("setup", ""), Mistakes = 1 }).State);

    private static BoardFacts Facts(string word) => new() { Mesh = new MeshStatus(word, "why", "02", null) };

    private void Wait(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
