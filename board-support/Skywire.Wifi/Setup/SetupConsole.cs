// What the board's console shows of the setup access point: network, code and QR code. For the console only.
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Linux;

namespace Skywire.Wifi.Setup;

/// <summary>Content of <c>setup.json</c>; there only while the access point is offered. Secret.</summary>
/// <param name="Name">Name of the network.</param>
/// <param name="Code">Its passphrase.</param>
/// <param name="Address">Address of the page.</param>
/// <param name="Qr">Text of the QR code.</param>
/// <param name="ClosesAt">When it closes by itself.</param>
public sealed record SetupConsole(string Name, string Code, string Address, string Qr, DateTimeOffset? ClosesAt)
{
    /// <summary>Name of the file in the service's folder.</summary>
    public const string FileName = "setup.json";

    /// <summary>Who may read it besides root: the board service, which writes the console page.</summary>
    public const string Reader = "skyminer-board";

    /// <summary>Writes the file, or takes it away. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public static void Show(string folder, SetupConsole? console)
    {
        var path = Path.Combine(folder, FileName);
        if (console is null)
        {
            File.Delete(path);
            return;
        }

        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(console, SetupJson.Default.SetupConsole), AtomicFile.GroupReadable);
        if (FileOwner.FindGroup(Reader) is { } group)
        {
            new FileOwner(FileOwner.Of(path).User, group).Take(path);
        }
    }

    /// <summary>Without the code.</summary>
    public override string ToString() => $"{Name} at {Address}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SetupConsole))]
internal sealed partial class SetupJson : JsonSerializerContext;
