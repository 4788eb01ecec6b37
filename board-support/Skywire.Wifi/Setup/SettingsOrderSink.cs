// Answers of the setup page as an order to the unit that changes the settings on the card, and that unit's answer.
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Setup;

/// <summary>Orders by file: <see cref="SettingsOrder"/>.</summary>
public sealed class SettingsOrderSink(string folder) : ISetupSink
{
    private readonly SettingsOrder _order = new(folder);

    /// <inheritdoc/>
    public Task SubmitAsync(SetupAnswers answers, CancellationToken cancellationToken)
    {
        _order.Give(Changes(answers));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public string? Refusal()
    {
        if (_order.Answer() is not { Ok: false } answer)
        {
            return null;
        }

        try
        {
            // Taken once: it must not be held against the next order.
            _order.Forget();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next order takes it away, or says why it cannot.
        }

        return answer.Mistakes is [{ } first, ..] ? $"{first.Key} {first.Cause}".Trim() : "it is not said why";
    }

    /// <summary>The settings that answers change; what was left empty stays as it is.</summary>
    internal static IReadOnlyList<(string Key, string Value)> Changes(SetupAnswers answers)
    {
        (string Key, string Value)[] all = [("name", answers.Name), ("wifi_country", answers.Country), ("mesh_name", answers.MeshName), ("mesh_passphrase", answers.MeshPassphrase)];
        return [.. all.Where(change => change.Value.Length > 0)];
    }
}
