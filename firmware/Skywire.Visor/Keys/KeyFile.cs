// The secret key on disk: made here, readable by its owner only, never overwritten.
using System.Security.Cryptography;
using System.Text;
using Skywire.Crypto;
using Skywire.Visor.Config;
using Skywire.Visor.Storage;

namespace Skywire.Visor.Keys;

/// <summary>
/// Reads and creates key files. Three lines: <c>skywire-key-v1</c>, <c>public HEX</c>, <c>secret HEX</c>. The public key is a check: a file whose halves
/// do not belong together was damaged and is refused. Faults are <see cref="ConfigurationException"/>s that never hold key bytes.
/// </summary>
internal static class KeyFile
{
    private const string Header = "skywire-key-v1";
    private const string PublicPrefix = "public ";
    private const string SecretPrefix = "secret ";
    private const int MaxSize = 4096;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Makes a key and stores it in a new file. Throws when the file exists, whatever is in it.</summary>
    public static PubKey Create(string path, IEntropy entropy)
    {
        using var key = SecKey.Generate(entropy);
        Store(path, key);
        return key.PublicKey;
    }

    /// <summary>Stores a key in a new file. Throws when the file exists, whatever is in it.</summary>
    public static void Store(string path, SecKey key)
    {
        if (File.Exists(path))
        {
            throw Exists(path);
        }

        var head = Encoding.ASCII.GetBytes($"{Header}\n{PublicPrefix}{key.PublicKey}\n{SecretPrefix}");
        var content = GC.AllocateArray<byte>(head.Length + (2 * SecKey.Size) + 1, pinned: true);
        Span<byte> secret = stackalloc byte[SecKey.Size];
        try
        {
            head.CopyTo(content, 0);
            key.Export(secret);
            Convert.TryToHexStringLower(secret, content.AsSpan(head.Length), out _);
            content[^1] = (byte)'\n';
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Create(path, content, AtomicFile.Private);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw Exists(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(path, "", "key file cannot be written: " + e.Message, "", "check the folder's owner and free space");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Reads the key. The caller disposes it.</summary>
    public static SecKey Load(string path)
    {
        CheckPermissions(path);
        var content = Read(path);
        try
        {
            return Parse(path, content);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static SecKey Parse(string path, ReadOnlySpan<byte> content)
    {
        Span<Range> lines = stackalloc Range[5];
        var count = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            if (count == lines.Length)
            {
                break;
            }

            lines[count++] = range;
        }

        if (content.IndexOfAnyExcept((byte)0) < 0)
        {
            throw Refused(path, content.IsEmpty ? "is empty" : "holds NUL bytes only");
        }

        if (count < 3 || !content[lines[0]].SequenceEqual(Encoding.ASCII.GetBytes(Header)))
        {
            throw Refused(path, "is not a key file of this program");
        }

        var publicLine = content[lines[1]];
        var secretLine = content[lines[2]];
        Span<char> hex = stackalloc char[2 * PubKey.Size];
        if (!publicLine.StartsWith(Encoding.ASCII.GetBytes(PublicPrefix)) || !Encoding.ASCII.TryGetChars(publicLine[PublicPrefix.Length..], hex, out var length) || !PubKey.TryParseHex(hex[..length], out var named))
        {
            throw Refused(path, "is damaged (public key)");
        }

        Span<byte> secret = stackalloc byte[SecKey.Size];
        try
        {
            if (!secretLine.StartsWith(Encoding.ASCII.GetBytes(SecretPrefix)) || secretLine.Length != SecretPrefix.Length + (2 * SecKey.Size)
                || Convert.FromHexString(secretLine[SecretPrefix.Length..], secret, out _, out _) != System.Buffers.OperationStatus.Done || !SecKey.TryParse(secret, out var key))
            {
                throw Refused(path, "is damaged (secret key)");
            }

            if (key!.PublicKey != named)
            {
                key.Dispose();
                throw Refused(path, "is damaged: its public and secret keys do not belong together");
            }

            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static void CheckPermissions(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) != 0)
        {
            throw new ConfigurationException(path, "", $"key file can be read or changed by other users (mode {Convert.ToString((int)mode, 8)})", "mode 600", $"run \"chmod 600 {path}\"; if others had access to this machine, make a new key");
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
            if (stream.Length > MaxSize)
            {
                throw Refused(path, "is not a key file of this program");
            }

            var content = GC.AllocateArray<byte>((int)stream.Length, pinned: true);
            stream.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException(path, "", "key file does not exist", "", $"make one with \"skywire key gen {path}\"");
        }
        catch (UnauthorizedAccessException)
        {
            throw new ConfigurationException(path, "", "key file cannot be read by this user", "", "run as its owner");
        }
    }

    private static ConfigurationException Refused(string path, string cause) => new(path, "", "key file " + cause, "", "it was left as it is; restore it from a copy, or set key_file to a new name and run \"skywire key gen\" (a new identity)");

    private static ConfigurationException Exists(string path) => new(path, "", "key file exists already", "", "it is never overwritten; choose another name, or move it away yourself");
}
