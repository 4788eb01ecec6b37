// The order as a file in the wifi service's folder, one KEY=VALUE a line; skyminer-settings-order.path waits for it.
using System.Text;
using System.Text.Json;
using Skywire.Boards.Settings;
using Skywire.Visor.Board;

namespace Skywire.Visor.Wifi;

/// <summary>Writes <c>settings-order</c>: readable by root alone, whole or not at all.</summary>
internal sealed class SettingsOrderFile(string folder) : ISettingsOrder
{
    // A mistake a key, some hundred bytes each.
    private const int MaxAnswer = 64 * 1024;

    private readonly string _file = Path.Combine(folder, WifiFolder.SettingsOrder);
    private readonly string _answer = Path.Combine(folder, WifiFolder.SettingsAnswer);

    /// <inheritdoc/>
    public bool IsWaiting => File.Exists(_file);

    /// <inheritdoc/>
    public void Give(IReadOnlyList<(string Key, string Value)> changes)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in changes)
        {
            // A line feed in a value would be a second setting.
            if (value.Any(char.IsControl))
            {
                throw new ArgumentException($"the value of {key} holds a control character", nameof(changes));
            }

            text.Append(key).Append('=').Append(value).Append('\n');
        }

        File.Delete(_answer);
        AtomicFile.Write(_file, Encoding.UTF8.GetBytes(text.ToString()), AtomicFile.Private);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SettingsMistake> Mistakes()
    {
        try
        {
            return new FileInfo(_answer) is { Exists: true, Length: <= MaxAnswer } ? JsonSerializer.Deserialize(File.ReadAllBytes(_answer), BoardViewJson.Default.SettingsCheckView)?.Mistakes ?? [] : [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public void Revoke() => File.Delete(_file);
}
