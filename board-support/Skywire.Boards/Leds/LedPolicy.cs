// From the board's state (and the button's answer over it) to the task of each LED. Pure.
using Skywire.Boards.Buttons;
using Skywire.Boards.Data;

namespace Skywire.Boards.Leds;

/// <summary>The LED policy.</summary>
public static class LedPolicy
{
    /// <summary>
    /// What each LED of the board shall show; <paramref name="air"/> is a word of <see cref="AirWords"/>, "" when nothing is known of it. While the button answers, all of them answer.
    /// </summary>
    public static IReadOnlyList<(string Led, LedTask Task)> Tasks(BoardFile board, BoardState state, ButtonAnswer answer, string air = "")
        => [.. board.Leds.Select(led => (led.Name, answer switch
        {
            ButtonAnswer.State => new LedTask(LedPattern.Off, state.Flashes()),
            ButtonAnswer.AboutToForget => new LedTask(LedPattern.BlinkFast),
            ButtonAnswer.Forgetting => new LedTask(LedPattern.On),
            _ => new LedTask(led.Shows(state, air)),
        }))];
}
