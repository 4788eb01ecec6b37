// client.json: what the update client must still know after a restart.
using System.Text.Json;
using Skywire.Update.Storage;

namespace Skywire.Update;

/// <summary>A version that had to be taken back.</summary>
public sealed record FailedVersion(string Version, string Reason);

/// <summary>The client's memory.</summary>
public sealed record ClientState
{
    /// <summary>File below /data/update.</summary>
    public const string File = "client.json";

    // Newest last; a board meets few bad versions.
    private const int MaxFailed = 32;
    private const int MaxBytes = 64 * 1024;

    /// <summary>Schema of the file.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>Versions that are not installed again by themselves.</summary>
    public IReadOnlyList<FailedVersion> Failed { get; init; } = [];

    /// <summary>The last look at a feed; null for none.</summary>
    public DateTimeOffset? LastCheck { get; init; }

    /// <summary>Reads it; a missing or damaged file is an empty memory: the worst that follows is one more try of a bad version, which ends as the first one did.</summary>
    public static ClientState Load(IUpdateStorage storage)
    {
        try
        {
            return storage.Read(File, MaxBytes) is { } bytes && JsonSerializer.Deserialize(bytes, UpdateJson.Default.ClientState) is { Failed: not null } state ? state : new ClientState();
        }
        catch (JsonException)
        {
            return new ClientState();
        }
    }

    /// <summary>Writes it.</summary>
    public void Save(IUpdateStorage storage) => storage.Write(File, JsonSerializer.SerializeToUtf8Bytes(this, UpdateJson.Default.ClientState));

    /// <summary>With one more failed version.</summary>
    public ClientState WithFailed(string version, string reason)
        => this with { Failed = [.. Failed.Where(f => f.Version != version).TakeLast(MaxFailed - 1), new FailedVersion(version, reason)] };

    /// <summary>Without it: the version proved itself after all.</summary>
    public ClientState WithoutFailed(string version) => this with { Failed = [.. Failed.Where(f => f.Version != version)] };
}
