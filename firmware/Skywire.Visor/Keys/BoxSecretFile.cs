// The file with the secret of a box. Written by the board's settings or by "skywire box secret"; only ever read by the visor.
using System.Security.Cryptography;
using System.Text;
using Skywire.Boards.Settings;
using Skywire.Discovery.Box;
using Skywire.Visor.Config;
using Skywire.Visor.Storage;

namespace Skywire.Visor.Keys;

internal static class BoxSecretFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const int MaxSize = 256;

    /// <summary>Reads the secret; the caller disposes it. Throws <see cref="ConfigurationException"/>.</summary>
    public static BoxSecret Load(string path)
    {
        byte[] content;
        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & Others) != 0)
            {
                throw new ConfigurationException(path, "", $"secret of the box can be read or changed by other users (mode {Convert.ToString((int)mode, 8)})", "mode 600", $"run \"chmod 600 {path}\"; if others had access to this machine, choose another passphrase");
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
            content = GC.AllocateArray<byte>((int)Math.Min(stream.Length, MaxSize + 1), pinned: true);
            stream.ReadExactly(content);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException(path, "", "secret of the box does not exist", "", $"make it with \"skywire box secret MESH-NAME {path}\", the same name and passphrase on every board");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(path, "", "secret of the box cannot be read: " + e.Message, "", "run as its owner");
        }

        try
        {
            return BoxSecret.TryParse(Encoding.ASCII.GetString(content), out var secret)
                ? secret!
                : throw new ConfigurationException(path, "", "is not the secret of a box", "64 hex digits", "make it with \"skywire box secret\"");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Derives the secret from name and passphrase and writes it. An existing file is replaced, for a changed passphrase is the usual reason. Throws <see cref="IOException"/>.</summary>
    public static void Write(string path, string meshName, string passphrase)
    {
        var secret = BoxPassphrase.Derive(passphrase, meshName);
        var text = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret) + "\n");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, text, AtomicFile.Private);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(text);
        }
    }
}
