// Old clients say a thing once and mean it for as long as they run; new ones repeat it and mean it for as long as they do. This tells them apart.
using System.Globalization;

namespace Skywire.Services.Store;

/// <summary>
/// Counts repetitions of one statement. A restart repeats too, now and then; only repetitions that follow each other within the window count, and only after
/// <see cref="Needed"/> of them the statement is taken for one that is kept fresh and may therefore expire.
/// </summary>
internal readonly record struct RefreshCount(int Repeats, long LastSeconds)
{
    /// <summary>A crash and its restart repeat once; twice in a row within the window is a habit.</summary>
    public const int Needed = 2;

    /// <summary>True when the sender keeps the statement fresh.</summary>
    public bool IsKept => Repeats >= Needed;

    public static RefreshCount First(DateTimeOffset now) => new(0, now.ToUnixTimeSeconds());

    /// <summary>After one more repetition at <paramref name="now"/>.</summary>
    public RefreshCount Next(DateTimeOffset now, TimeSpan window)
    {
        var seconds = now.ToUnixTimeSeconds();
        return seconds - LastSeconds <= (long)window.TotalSeconds ? new(Math.Min(Repeats + 1, Needed), seconds) : new(0, seconds);
    }

    public static RefreshCount Parse(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return new(int.Parse(text.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture), long.Parse(text.AsSpan(space + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Repeats} {LastSeconds}");
}
