// The hours in which a board may install and restart by itself.
using System.Globalization;

namespace Skywire.Update.Policy;

/// <summary>A time of day, local time. Begins at <paramref name="From"/>, ends before <paramref name="To"/>, over midnight when that is earlier; the same twice means always.</summary>
public sealed record UpdateWindow(TimeOnly From, TimeOnly To)
{
    /// <summary>At night, when few people use a home's network.</summary>
    public static UpdateWindow Default { get; } = new(new TimeOnly(2, 0), new TimeOnly(5, 0));

    /// <summary>Reads "02:00-05:00"; null when it is none.</summary>
    public static UpdateWindow? Parse(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 2 && Time(parts[0]) is { } from && Time(parts[1]) is { } to ? new UpdateWindow(from, to) : null;

        static TimeOnly? Time(string part) => TimeOnly.TryParseExact(part.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
    }

    /// <summary>True at this time of day.</summary>
    public bool Contains(TimeOnly now) => From == To || now.IsBetween(From, To);

    /// <summary>Time until it opens; zero while it is open.</summary>
    public TimeSpan Until(TimeOnly now) => Contains(now) ? TimeSpan.Zero : From - now;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:HH:mm}-{To:HH:mm}");
}
