// Files that parts of a board hand each other, as JSON without reflection.
using System.Text.Json.Serialization;

namespace Skywire.Boards.Settings;

/// <summary>Outcome of applying the settings; holds no secret.</summary>
public sealed record SettingsOutcome
{
    /// <summary>Name of the board.</summary>
    public required string Name { get; init; }

    /// <summary>Its public key; "" when the key file is damaged.</summary>
    public required string PublicKey { get; init; }

    /// <summary>box, public, both or custom.</summary>
    public required string Services { get; init; }

    /// <summary>Name of the mesh.</summary>
    public required string MeshName { get; init; }

    /// <summary>The mesh has no passphrase.</summary>
    public required bool IsOpenBox { get; init; }

    /// <summary>A key may log in.</summary>
    public required bool HasSsh { get; init; }

    /// <summary>Port of the local page.</summary>
    public required int PagePort { get; init; }

    /// <summary>Which configuration the visor takes.</summary>
    public required string MeshFile { get; init; }

    /// <summary>What is wrong with the settings.</summary>
    public required IReadOnlyList<SettingsMistake> Mistakes { get; init; }
}

/// <summary>What only the console may show. Secret.</summary>
/// <param name="PagePassword">The password made on this board; "" when its owner set one.</param>
public sealed record ConsoleSecrets(string PagePassword);

/// <summary>What the wifi service is told (Skywire.Wifi reads it). Secret.</summary>
internal sealed record WifiOrders
{
    public required bool IsOn { get; init; }

    public required string Country { get; init; }

    public required string MeshName { get; init; }

    /// <summary>Passphrase on the air; "" for none.</summary>
    public required string Passphrase { get; init; }

    public required int Channel { get; init; }

    public required string ClientName { get; init; }

    public required string ClientPassphrase { get; init; }

    public required bool IsGateway { get; init; }

    public required bool IsSet { get; init; }
}

/// <summary>The setup access point as the wifi service offers it. Secret: for the console only.</summary>
/// <param name="Name">Name of the network.</param>
/// <param name="Code">Its one-time code.</param>
/// <param name="Address">Address of the setup page.</param>
/// <param name="Qr">Text of the QR code that joins the network.</param>
public sealed record SetupOffer(string Name, string Code, string Address, string Qr);

/// <summary>The page's password as kept over boots: hashing takes a second on a small board. Secret.</summary>
internal sealed record KeptPassword(string Password, string Hash, bool IsMadeHere);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SettingsOutcome))]
[JsonSerializable(typeof(ConsoleSecrets))]
[JsonSerializable(typeof(SetupOffer))]
[JsonSerializable(typeof(KeptPassword))]
[JsonSerializable(typeof(WifiOrders))]
[JsonSerializable(typeof(Running.BoardReport))]
internal sealed partial class BoardJson : JsonSerializerContext;
