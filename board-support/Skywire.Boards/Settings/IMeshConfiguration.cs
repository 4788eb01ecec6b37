// What applying the settings needs of the mesh program: the visor fills it, so that this library knows no protocol.
namespace Skywire.Boards.Settings;

/// <summary>Where a board keeps what the visor needs.</summary>
/// <param name="HostName">Name of the board.</param>
/// <param name="KeyFile">The visor's key.</param>
/// <param name="DataFolder">The visor's data.</param>
/// <param name="SecretFile">The box's secret; "" leaves the box out.</param>
/// <param name="PasswordHash">Hash of the page's password.</param>
public sealed record MeshPlaces(string HostName, string KeyFile, string DataFolder, string SecretFile, string PasswordHash);

/// <summary>Makes the mesh program's files from settings.</summary>
public interface IMeshConfiguration
{
    /// <summary>Public key of the key file, which is made on this device when it is not there. Throws <see cref="IOException"/> with a cause for a damaged one.</summary>
    string EnsureKey(string file);

    /// <summary>Hash of a password in the form the configuration wants.</summary>
    string HashPassword(string password);

    /// <summary>The configuration. What of the settings it cannot use is added to <paramref name="mistakes"/>.</summary>
    byte[] Render(BoardSettings settings, MeshPlaces places, ICollection<SettingsMistake> mistakes);
}
