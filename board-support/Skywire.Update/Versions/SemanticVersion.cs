// Which of two versions is newer (Semantic Versioning 2.0.0, section 11). An image between releases is 0.1.0-N.gHASH: N, the number of commits, counts as a number.
using System.Globalization;

namespace Skywire.Update.Versions;

/// <summary>A version. Two that differ only in build metadata ("+...") have the same precedence and compare as equal.</summary>
public sealed class SemanticVersion : IComparable<SemanticVersion>, IEquatable<SemanticVersion>
{
    /// <summary>Longest text taken; ours have some 30 characters.</summary>
    public const int MaxLength = 128;

    private readonly ulong[] _core;
    private readonly string[] _prerelease;

    private SemanticVersion(string text, ulong[] core, string[] prerelease)
    {
        Text = text;
        _core = core;
        _prerelease = prerelease;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a version; null when it is none.</summary>
    public static SemanticVersion? Parse(string text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return null;
        }

        var plus = text.IndexOf('+', StringComparison.Ordinal);
        var versioned = plus < 0 ? text : text[..plus];
        if (plus >= 0 && !text[(plus + 1)..].Split('.').All(IsIdentifier))
        {
            return null;
        }

        var dash = versioned.IndexOf('-', StringComparison.Ordinal);
        var numbers = (dash < 0 ? versioned : versioned[..dash]).Split('.');
        string[] prerelease = dash < 0 ? [] : versioned[(dash + 1)..].Split('.');
        if (numbers.Length != 3 || !numbers.All(IsNumber) || !prerelease.All(p => IsIdentifier(p) && (!p.All(char.IsAsciiDigit) || IsNumber(p))))
        {
            return null;
        }

        var core = new ulong[3];
        for (var i = 0; i < core.Length; i++)
        {
            if (!ulong.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out core[i]))
            {
                return null;
            }
        }

        return new SemanticVersion(text, core, prerelease);
    }

    /// <inheritdoc/>
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        for (var i = 0; i < _core.Length; i++)
        {
            if (_core[i].CompareTo(other._core[i]) is not 0 and var byCore)
            {
                return byCore;
            }
        }

        // A release is newer than what led to it.
        if (_prerelease.Length == 0 || other._prerelease.Length == 0)
        {
            return (_prerelease.Length == 0).CompareTo(other._prerelease.Length == 0);
        }

        for (var i = 0; i < Math.Min(_prerelease.Length, other._prerelease.Length); i++)
        {
            if (Compare(_prerelease[i], other._prerelease[i]) is not 0 and var byPart)
            {
                return byPart;
            }
        }

        return _prerelease.Length.CompareTo(other._prerelease.Length);
    }

    /// <inheritdoc/>
    public bool Equals(SemanticVersion? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SemanticVersion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_core[0], _core[1], _core[2], string.Join('.', _prerelease));

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Same precedence.</summary>
    public static bool operator ==(SemanticVersion? left, SemanticVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Another precedence.</summary>
    public static bool operator !=(SemanticVersion? left, SemanticVersion? right) => !(left == right);

    /// <summary>Older.</summary>
    public static bool operator <(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) < 0;

    /// <summary>Newer.</summary>
    public static bool operator >(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) > 0;

    /// <summary>Older or the same.</summary>
    public static bool operator <=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Newer or the same.</summary>
    public static bool operator >=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) >= 0;

    // Numbers by value (of any length, so by digits), texts by their bytes, a number before a text.
    private static int Compare(string left, string right)
    {
        var (isLeftNumber, isRightNumber) = (left.All(char.IsAsciiDigit), right.All(char.IsAsciiDigit));
        return isLeftNumber != isRightNumber ? isRightNumber.CompareTo(isLeftNumber)
            : isLeftNumber && left.Length != right.Length ? left.Length.CompareTo(right.Length)
            : Math.Sign(string.CompareOrdinal(left, right));
    }

    private static bool IsIdentifier(string text) => text.Length > 0 && text.All(c => c == '-' || char.IsAsciiLetterOrDigit(c));

    // No leading zeros.
    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0');
}
