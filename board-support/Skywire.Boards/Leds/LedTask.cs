// What one LED shall show: a pattern of board.json, or a number of flashes as the button's answer.
namespace Skywire.Boards.Leds;

/// <summary>One LED's task.</summary>
/// <param name="Pattern">What to show when <paramref name="Flashes"/> is 0.</param>
/// <param name="Flashes">Flashes, then a pause, over and over; 0 shows the pattern.</param>
public readonly record struct LedTask(LedPattern Pattern, int Flashes = 0)
{
    /// <inheritdoc/>
    public override string ToString() => Flashes > 0 ? $"{Flashes} flashes" : Pattern.Word();
}
