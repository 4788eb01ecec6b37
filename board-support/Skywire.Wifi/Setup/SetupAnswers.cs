// What somebody gave on the setup page, and where it goes.

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

    /// <summary>Why the answers submitted last were refused by whoever applies settings, in words; null when they were not, or not yet. Never throws.</summary>
    string? Refusal();
}

