// What somebody gave on the setup page, and where it goes.
using System.Text;
using Skywire.Linux;

namespace Skywire.Wifi.Setup;

/// <summary>Answers that passed all rules.</summary>
public sealed record SetupAnswers
{
    /// <summary>Name of the board; "" leaves its own.</summary>
    public required string Name { get; init; }

    /// <summary>Country, two capital letters.</summary>
    public required string Country { get; init; }

    /// <summary>Name of the mesh.</summary>
    public required string MeshName { get; init; }

    /// <summary>Passphrase of the mesh. Secret.</summary>
    public required string MeshPassphrase { get; init; }

    /// <summary>Without the passphrase.</summary>
    public override string ToString() => $"name \"{Name}\", country {Country}, mesh \"{MeshName}\"";
}

/// <summary>Takes answers.</summary>
public interface ISetupSink
{
    /// <summary>Orders that the answers become the board's settings. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when that cannot even be ordered.</summary>
    Task SubmitAsync(SetupAnswers answers, CancellationToken cancellationToken);
}

/// <summary>Orders by a file that another unit waits for and takes away: <c>settings-order</c> in the service's folder, KEY=VALUE a line with the keys of skyminer.conf, readable by root alone.</summary>
public sealed class SettingsOrderSink(string folder) : ISetupSink
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "settings-order";

    /// <inheritdoc/>
    public Task SubmitAsync(SetupAnswers answers, CancellationToken cancellationToken)
    {
        AtomicFile.Write(Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(Text(answers)), AtomicFile.Private);
        return Task.CompletedTask;
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
