// A build that never was: a slot image of random bytes with its record, and keys in a scratch folder.
using System.Security.Cryptography;
using Skywire.ImageBuild.Bundles;
using Spectre.Console;

namespace Skywire.ImageBuild.Tests.Bundles;

/// <summary>What a bundle is made of, in a folder that goes away.</summary>
internal sealed class BundleFixture : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public BundleFixture(int slotBytes = 3 * 4096)
    {
        Slot = RandomNumberGenerator.GetBytes(slotBytes);
        File.WriteAllBytes(At("x.squashfs"), Slot);
        Keys = new DevelopmentKeys(At("keys"), TimeProvider.System);
    }

    public byte[] Slot { get; }

    public DevelopmentKeys Keys { get; }

    public BuildResult Image => new()
    {
        Image = At("x.img"),
        Compressed = At("x.img.zst"),
        Slot = At("x.squashfs"),
        Sbom = "",
        Catalogue = "",
        VirtualLoader = null,
        RaspberryPiLoader = null,
        DeviceTrees = "",
        Plan = "universal",
        Version = "0.1.0-7.g0123456789",
        Commit = "0123456789",
        DataSchema = 3,
        Kernel = "",
        ImageBytes = 0,
        CompressedBytes = 0,
        SlotBytes = Slot.Length,
        ImageSha256 = "",
        SlotSha256 = Convert.ToHexStringLower(SHA256.HashData(Slot)),
        Release = false,
        Seconds = 0,
        UBootSeconds = 0,
        Steps = [],
    };

    public string At(string name) => _scratch.At(name);

    public BundleRequest Request() => new(Image, Keys.Ensure(_ => { }), Keys.Authority, "testing", "0.1.0-2.gabcdefabcd", "First line\n\tsecond \\ line", At("out"));

    public static BundleBuilder Builder() => new(new BuildSteps(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) })), TimeProvider.System);

    public void Dispose() => _scratch.Dispose();
}
