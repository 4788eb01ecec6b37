// Answers of the setup page as an order to the unit that changes the settings on the card, and that unit's answer.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Linux;

namespace Skywire.Wifi.Setup;

/// <summary>Orders by a file that another unit waits for and takes away: <c>settings-order</c> in the service's folder, KEY=VALUE a line with the keys of skyminer.conf, readable by root alone.</summary>
public sealed class SettingsOrderSink(string folder) : ISetupSink
{
    /// <summary>Name of the order.</summary>
    public const string FileName = "settings-order";

    /// <summary>Name of the answer: what <c>skywire board settings set --answer</c> writes.</summary>
    public const string AnswerName = "settings-answer";

    // A mistake a key, some hundred bytes each.
    private const int MaxAnswer = 64 * 1024;

    /// <inheritdoc/>
    public Task SubmitAsync(SetupAnswers answers, CancellationToken cancellationToken)
    {
        File.Delete(Path.Combine(folder, AnswerName));
        AtomicFile.Write(Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(Text(answers)), AtomicFile.Private);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public string? Refusal()
    {
        try
        {
            var file = new FileInfo(Path.Combine(folder, AnswerName));
            var answer = file is { Exists: true, Length: <= MaxAnswer } ? JsonSerializer.Deserialize(File.ReadAllBytes(file.FullName), SettingsAnswerJson.Default.SettingsAnswer) : null;
            if (answer is null or { Ok: true })
            {
                return null;
            }

            // Taken once: it must not be held against the next order.
            file.Delete();
            return answer.Mistakes is [{ } first, ..] ? $"{first.Key} {first.Cause}".Trim() : "it is not said why";
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // Whoever applies settings did not finish its answer; without one, the policy's own patience ends.
            return null;
        }
    }

    /// <summary>The lines. A value with a control character would be a second setting and is a mistake of the caller.</summary>
    internal static string Text(SetupAnswers answers)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in ((string, string)[])[("name", answers.Name), ("wifi_country", answers.Country), ("mesh_name", answers.MeshName), ("mesh_passphrase", answers.MeshPassphrase)])
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(value.Any(char.IsControl), false, nameof(answers));
            if (value.Length > 0)
            {
                text.Append(key).Append('=').Append(value).Append('\n');
            }
        }

        return text.ToString();
    }
}

/// <summary>What was wrong with an order.</summary>
internal sealed record SettingsAnswer(bool Ok, IReadOnlyList<SettingsAnswerMistake?>? Mistakes);

/// <summary>One mistake; more of it is of no use here.</summary>
internal sealed record SettingsAnswerMistake(string? Key, string? Cause);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SettingsAnswer))]
internal sealed partial class SettingsAnswerJson : JsonSerializerContext;
