using Skywire.Boards.Buttons;
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

    [Fact]
    public void LedChart_Markdown_HasARowForEachState()
    {
        var lines = LedChart.Markdown(Sample.Board).TrimEnd('\n').Split('\n');
        Assert.Equal(10, lines.Length);
        Assert.Equal("| STATE | GREEN (test:green) | RED (test:red) | FLASHES | MEANING |", lines[0]);
        Assert.Equal("| failed | off | fast blink | 8 | the visor or the board service does not run |", lines[2]);
    }
}
