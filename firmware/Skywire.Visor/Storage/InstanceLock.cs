// One visor per data folder: two with the same key evict each other from every dmsg server.
namespace Skywire.Visor.Storage;

/// <summary>Holds the data folder until disposed. The kernel releases it when the process dies, however it dies.</summary>
internal sealed class InstanceLock : IDisposable
{
    private const string FileName = "visor.lock";
    private readonly FileStream _file;

    private InstanceLock(FileStream file) => _file = file;

    /// <summary>Takes the folder; null when another process has it, whose id is then in <paramref name="holder"/> ("" when unknown).</summary>
    public static InstanceLock? TryTake(string folder, out string holder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        holder = "";
        FileStream file;
        try
        {
            // The share mode becomes an advisory lock (flock) that the kernel drops with the process.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException) when (File.Exists(path))
        {
            holder = ReadHolder(path + ".pid");
            return null;
        }

        File.WriteAllText(path + ".pid", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new InstanceLock(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string ReadHolder(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            // The number only makes the message nicer.
            return "";
        }
    }
}
