// The update folder in memory, on which power can fail at any write and room can run out at any byte.
using Skywire.Update.Storage;

namespace Skywire.Update.Tests.Simulated;

/// <summary>The process ended here.</summary>
internal sealed class CrashException(int point) : Exception($"crash at point {point}");

/// <summary>Counts the moments at which a process may end, and ends it at one of them.</summary>
internal sealed class CrashPoints
{
    /// <summary>The process has ended.</summary>
    public bool IsDead { get; private set; }

    public int Count { get; private set; }

    public int? CrashAt { get; set; }

    public void Pass()
    {
        Count++;
        if (IsDead || Count == CrashAt)
        {
            IsDead = true;
            throw new CrashException(Count);
        }
    }

    public void Restart() => (IsDead, CrashAt) = (false, null);
}

internal sealed class MemoryStorage(CrashPoints? points = null) : IUpdateStorage
{
    private const int NoSpace = 28;
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public CrashPoints Points { get; } = points ?? new CrashPoints();

    public IEnumerable<string> Names => _files.Keys;

    /// <summary>Bytes that can still be written; what is written comes off it.</summary>
    public long FreeBytes { get; set; } = 1L << 30;

    /// <summary>Told instead of the truth, as another program may take the room meanwhile.</summary>
    public long? ClaimedFreeBytes { get; set; }

    long IUpdateStorage.FreeBytes => ClaimedFreeBytes ?? FreeBytes;

    public string PathOf(string name) => "/data/update/" + name;

    public byte[]? Read(string name, int limit) => _files.TryGetValue(name, out var bytes) && bytes.Length <= limit ? [.. bytes] : null;

    public void Write(string name, ReadOnlySpan<byte> content)
    {
        Points.Pass();
        Take(content.Length);
        _files[name] = content.ToArray();
        Points.Pass();
    }

    public void Append(string name, ReadOnlySpan<byte> content)
    {
        Points.Pass();
        Take(content.Length);
        var old = _files.GetValueOrDefault(name, []);

        // A power cut in the middle leaves the first half.
        _files[name] = [.. old, .. content[..(content.Length / 2)]];
        Points.Pass();
        _files[name] = [.. old, .. content];
        Points.Pass();
    }

    public void Delete(string name)
    {
        Points.Pass();
        _files.Remove(name);
        Points.Pass();
    }

    public Stream Open(string name, long size)
    {
        Points.Pass();
        if (!_files.TryGetValue(name, out var bytes) || bytes.Length != size)
        {
            _files[name] = new byte[size];
        }

        return new Part(this, _files[name]);
    }

    public void Keep(string folder, IReadOnlyCollection<string> names)
    {
        Points.Pass();
        foreach (var name in _files.Keys.Where(n => n.StartsWith(folder + "/", StringComparison.Ordinal) && !names.Contains(n[(folder.Length + 1)..])).ToList())
        {
            _files.Remove(name);
        }
    }

    private void Take(int bytes)
    {
        FreeBytes -= bytes;
        if (FreeBytes < 0)
        {
            throw new IOException("no space left on device", NoSpace);
        }
    }

    private sealed class Part(MemoryStorage owner, byte[] bytes) : MemoryStream(bytes, 0, bytes.Length, writable: true, publiclyVisible: true)
    {
        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            owner.Points.Pass();
            owner.Take(buffer.Length);
            buffer[..(buffer.Length / 2)].CopyTo(GetBuffer().AsSpan((int)Position));
            owner.Points.Pass();
            buffer.CopyTo(GetBuffer().AsSpan((int)Position));
            Position += buffer.Length;
        }
    }
}
