using System.Text;
using Skywire.Boards.Buttons;
using Skywire.Boards.Data;
using Skywire.Boards.Leds;

namespace Skywire.Boards.Tests.Leds;

public sealed class LedPolicyTests
{
    [Fact]
    public void Tasks_EveryState_IsTheBoardsOwn()
    {
        foreach (var state in BoardStates.All)
        {
            var tasks = LedPolicy.Tasks(Sample.Board, state, ButtonAnswer.None);
            Assert.Equal(["test:green", "test:red"], tasks.Select(t => t.Led));
            Assert.Equal(Sample.Board.Leds.Select(l => new LedTask(l.States[state])), tasks.Select(t => t.Task));
        }
    }

    [Theory]
    [InlineData(ButtonAnswer.State, "4 flashes")]
    [InlineData(ButtonAnswer.AboutToForget, "blink_fast")]
    [InlineData(ButtonAnswer.Forgetting, "on")]
    public void Tasks_ButtonAnswers_OnEveryLed(ButtonAnswer answer, string shows)
        => Assert.All(LedPolicy.Tasks(Sample.Board, BoardState.Joined, answer), t => Assert.Equal(shows, t.Task.ToString()));

    [Fact]
    public void BoardStates_WordsAndFlashes_AreOneToOne()
    {
        Assert.All(BoardStates.All, s => Assert.Equal(s, BoardStates.Find(s.Word())));
        Assert.Equal(Enumerable.Range(1, 8), BoardStates.All.Select(s => s.Flashes()).Order());
        Assert.Null(BoardStates.Find("happy"));
        Assert.Equal(["failed", "attention", "updating", "booting", "no_link", "linked", "joined", "traffic"], BoardStates.All.Select(s => s.Word()));
    }

    [Theory]
    [InlineData("searching", LedPattern.Flash)]
    [InlineData("setup", LedPattern.Wink)]
    [InlineData("joined", LedPattern.BlinkSlow)]
    [InlineData("no_radio", LedPattern.BlinkSlow)]
    [InlineData("", LedPattern.BlinkSlow)]
    public void Tasks_NoLink_ShowsWhatTheAirDoes(string air, LedPattern pattern)
    {
        var board = WithAir();
        Assert.Equal([("test:green", new LedTask(pattern)), ("test:red", new LedTask(LedPattern.Off))], LedPolicy.Tasks(board, BoardState.NoLink, ButtonAnswer.None, air).Take(2));
        // Who has a link wants to see how it stands with that.
        foreach (var state in BoardStates.All.Where(s => s != BoardState.NoLink))
        {
            Assert.Equal(LedPolicy.Tasks(Sample.Board, state, ButtonAnswer.None), LedPolicy.Tasks(board, state, ButtonAnswer.None, air).Take(2));
        }
    }

    [Fact]
    public void Tasks_LedOfTheAir_ShowsItInEveryState()
    {
        foreach (var state in BoardStates.All)
        {
            Assert.Equal(LedPattern.Heartbeat, Blue(state, "joined").Pattern);
            Assert.Equal(LedPattern.Off, Blue(state, "").Pattern);
        }

        static LedTask Blue(BoardState state, string air) => LedPolicy.Tasks(WithAir(), state, ButtonAnswer.None, air).Single(t => t.Led == "test:blue").Task;
    }

    [Fact]
    public void LedChart_BoardThatShowsTheAir_HasItsRows()
    {
        var lines = LedChart.Markdown(WithAir()).TrimEnd('\n').Split('\n');
        Assert.Equal(16, lines.Length);
        Assert.Equal("| joined | double beat | off | the air, see below | 4 | joined the mesh |", lines[8]);
        Assert.Equal("| (air joined) | as its state | as its state | double beat |  | linked over the air |", lines[14]);
        Assert.Equal("| no_link, air setup | on, short gap every 2 s | off | fast blink | 2 | the setup access point is open: connect to it with a phone |", lines[15]);
    }

    [Fact]
    public void LedChart_Markdown_HasARowForEachState()
    {
        var lines = LedChart.Markdown(Sample.Board).TrimEnd('\n').Split('\n');
        Assert.Equal(10, lines.Length);
        Assert.Equal("| STATE | GREEN (test:green) | RED (test:red) | FLASHES | MEANING |", lines[0]);
        Assert.Equal("| failed | off | fast blink | 8 | the visor or the board service does not run |", lines[2]);
    }

    private static BoardFile WithAir() => BoardFileReader.Parse(Encoding.UTF8.GetBytes(Sample.JsonWithAir)).Board!;
}
