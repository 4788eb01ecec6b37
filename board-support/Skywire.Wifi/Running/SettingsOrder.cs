// How the wifi service and its commands change the settings on the card without being allowed to touch it: skyminer-settings-order.path waits for this file.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Linux;

namespace Skywire.Wifi.Running;

/// <summary>
/// An order in the wifi service's folder: <c>settings-order</c>, KEY=VALUE a line with the keys of skyminer.conf, readable by root alone.
/// Who may write the card carries it out, takes it away, and leaves <c>settings-answer</c> (<c>skywire board settings set --answer</c>).
/// </summary>
public sealed class SettingsOrder(string folder)
{
    /// <summary>Name of the order. It may hold a passphrase.</summary>
    public const string FileName = "settings-order";

    /// <summary>Name of the answer.</summary>
    public const string AnswerName = "settings-answer";

    // A mistake a key, some hundred bytes each.
    private const int MaxAnswer = 64 * 1024;

    private readonly string _file = Path.Combine(folder, FileName);
    private readonly string _answer = Path.Combine(folder, AnswerName);

    /// <summary>True while the order waits to be carried out.</summary>
    public bool IsWaiting => File.Exists(_file);

    /// <summary>
    /// Gives the order, whole or not at all; the answer to one before is forgotten. Values may be secret. Throws <see cref="ArgumentException"/> for a value with a control character,
    /// which would be a second setting, and <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when nothing can be ordered.
    /// </summary>
    public void Give(IReadOnlyList<(string Key, string Value)> changes)
    {
        var text = Encoding.UTF8.GetBytes(Text(changes));
        File.Delete(_answer);
        AtomicFile.Write(_file, text, AtomicFile.Private);
    }

    /// <summary>What came of the last order; null while that is not known. An answer that cannot be read is none: who waits for one has a limit of its own.</summary>
    public SettingsAnswer? Answer()
    {
        try
        {
            var file = new FileInfo(_answer);
            return file is { Exists: true, Length: <= MaxAnswer } ? JsonSerializer.Deserialize(File.ReadAllBytes(_answer), SettingsAnswerJson.Default.SettingsAnswer) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Takes the answer away, so that it is not held against another order.</summary>
    public void Forget() => File.Delete(_answer);

    /// <summary>Takes an order back that nobody carried out; nothing happens when there is none.</summary>
    public void Revoke() => File.Delete(_file);

    /// <summary>The lines.</summary>
    internal static string Text(IReadOnlyList<(string Key, string Value)> changes)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in changes)
        {
            if (value.Any(char.IsControl))
            {
                throw new ArgumentException($"the value of {key} holds a control character", nameof(changes));
            }

            text.Append(key).Append('=').Append(value).Append('\n');
        }

        return text.ToString();
    }
}

/// <summary>What came of an order.</summary>
public sealed record SettingsAnswer
{
    /// <summary>The settings are written.</summary>
    public bool Ok { get; init; }

    /// <summary>What was wrong with it. Whoever wrote the answer may have left holes.</summary>
    public IReadOnlyList<SettingsAnswerMistake?>? Mistakes { get; init; }
}

/// <summary>One mistake: the key, what is wrong with its value, and what would be right.</summary>
public sealed record SettingsAnswerMistake(string? Key, string? Cause, string? Remedy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SettingsAnswer))]
internal sealed partial class SettingsAnswerJson : JsonSerializerContext;
