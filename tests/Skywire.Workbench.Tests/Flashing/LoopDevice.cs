// A real block device of a file, where this machine lets one be made.
namespace Skywire.Workbench.Tests.Flashing;

internal sealed class LoopDevice : IDisposable
{
    private LoopDevice(string path, string file) => (Path, File) = (path, file);

    public string Path { get; }

    public string File { get; }

    public static LoopDevice Attach(string file)
    {
        try
        {
            return new LoopDevice(TestImage.Run("losetup", "-f", "--show", file).Trim(), file);
        }
        catch (InvalidOperationException e)
        {
            Assert.Skip("no loop device can be made here: " + e.Message.Trim());
            throw;
        }
    }

    public void Dispose() => TestImage.Run("losetup", "-d", Path);
}
