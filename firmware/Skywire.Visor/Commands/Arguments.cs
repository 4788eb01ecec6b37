// Arguments that several commands take, checked before anything is asked of a visor.
using System.CommandLine;
using Skywire.Crypto;

namespace Skywire.Visor.Commands;

internal static class Arguments
{
    /// <summary>A public key.</summary>
    public static Argument<string> Key(string description = "Public key of the other visor.")
    {
        var argument = new Argument<string>("PK") { Description = description };
        argument.Validators.Add(result =>
        {
            var text = result.GetValueOrDefault<string>();
            if (!PubKey.TryParseHex(text, out _))
            {
                result.AddError($"\"{text}\" is not a public key: expected 66 hex digits");
            }
        });
        return argument;
    }

    /// <summary>Shows a number of bytes.</summary>
    public static string Bytes(long value)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double number = value;
        var unit = 0;
        while (number >= 1000 && unit < units.Length - 1)
        {
            number /= 1000;
            unit++;
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(unit == 0 ? number.ToString("0", System.Globalization.CultureInfo.InvariantCulture) : number.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture))} {units[unit]}");
    }

    /// <summary>Shows a time span of any length.</summary>
    public static string Span(double seconds)
    {
        var span = TimeSpan.FromSeconds(seconds);
        return span.TotalDays >= 1 ? $"{(int)span.TotalDays}d{span.Hours}h" : span.TotalHours >= 1 ? $"{(int)span.TotalHours}h{span.Minutes}m" : span.TotalMinutes >= 1 ? $"{span.Minutes}m{span.Seconds}s" : $"{span.Seconds}s";
    }

    /// <summary>Shows a round trip.</summary>
    public static string Milliseconds(double? value) => value is { } ms ? ms.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) + " ms" : "-";
}
