// A medium that is spoiled between writing and reading back, as worn cards are.
namespace Skywire.Workbench.Tests.Flashing;

internal sealed class SpoiledMedium(IMedium medium, Action spoil) : IMedium
{
    public string Path => medium.Path;

    public long Size => medium.Size;

    public bool IsPastCache => medium.IsPastCache;

    public void Write(long offset, ReadOnlySpan<byte> data) => medium.Write(offset, data);

    public bool TryZero(long offset, long length) => medium.TryZero(offset, length);

    public void Read(long offset, Span<byte> data) => medium.Read(offset, data);

    public void Flush() => medium.Flush();

    public void DropCache()
    {
        // The verifier calls this once, before its first read.
        spoil();
        medium.DropCache();
    }

    public void Reread() => medium.Reread();

    public void Dispose()
    {
    }
}
