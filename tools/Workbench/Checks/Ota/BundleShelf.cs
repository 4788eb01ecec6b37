// Every bundle of a check, made once from one image: good and faulty systems in feeds of their own, and small bundles that no board may take.
using System.Security.Cryptography;
using Skywire.ImageBuild;
using Skywire.ImageBuild.Bundles;
using Spectre.Console;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>A bundle on the shelf: a folder with its feed.</summary>
internal sealed record ShelvedBundle(string Name, string Version, string Folder, string File, long Bytes);

/// <summary>Makes bundles.</summary>
internal sealed class BundleShelf(string folder, BuildResult image, string? nextProgram)
{
    /// <summary>The channel boards of a check follow.</summary>
    public const string Channel = "stable";

    // More than a page of RAUC's hash tree, and small enough to be copied into a board in no time.
    private const int SmallSlotBytes = 1 << 20;

    private readonly BuildSteps _steps = new(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(TextWriter.Null) }));

    /// <summary>Version of a board that runs the image.</summary>
    public string Running => image.Version;

    /// <summary>A working bundle or one with a fault in its system. What an earlier run made of the same image is taken again.</summary>
    public async Task<ShelvedBundle> SystemAsync(SlotChange change, CancellationToken cancellationToken)
    {
        var version = change.VersionFrom(image.Version);
        var place = Path.Combine(folder, await StampAsync(cancellationToken), change.Name);
        var bundle = Path.Combine(place, $"skyminer-{image.Plan}-{version}.raucb");
        if (!File.Exists(Path.Combine(place, Channel + ".json")))
        {
            var tree = await (_tree ??= SlotTree.UnpackAsync(image.Slot, Path.Combine(folder, "slot"), cancellationToken));
            Directory.CreateDirectory(place);
            var slot = Path.Combine(place, "slot.squashfs");
            await tree.PackAsync(change, version, nextProgram, slot, cancellationToken);
            await BundleAsync(slot, image.Plan, version, Development, DevelopmentAuthority, place, cancellationToken);
            File.Delete(slot);
        }

        return new ShelvedBundle(change.Name, version, place, bundle, new FileInfo(bundle).Length);
    }

    /// <summary>The bundles that are refused before anything is started from them, by the code of the refusal.</summary>
    public async Task<IReadOnlyList<(string Code, string File)>> RefusedAsync(CancellationToken cancellationToken)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, "refused")).FullName;
        var slot = await SmallSlotAsync(place, cancellationToken);
        var newer = new SlotChange("small", 9, _ => { }).VersionFrom(image.Version);
        var good = await BundleAsync(slot, image.Plan, newer, Development, DevelopmentAuthority, Path.Combine(place, "good"), cancellationToken);
        var bytes = await File.ReadAllBytesAsync(good.Bundle, cancellationToken);
        async Task<string> Spoiled(string name, byte[] content)
        {
            var file = Path.Combine(place, name + ".raucb");
            await File.WriteAllBytesAsync(file, content, cancellationToken);
            return file;
        }

        return
        [
            ("bad_signature", (await BundleAsync(slot, image.Plan, newer, Foreign, ForeignKeys.Authority, Path.Combine(place, "foreign"), cancellationToken)).Bundle),
            ("unsigned", await Spoiled("unsigned", BundleDamage.Unsigned(bytes))),
            ("truncated", await Spoiled("truncated", BundleDamage.Truncated(bytes))),
            ("wrong_board", (await BundleAsync(slot, "another-board", newer, Development, DevelopmentAuthority, Path.Combine(place, "board"), cancellationToken)).Bundle),
            ("older_version", (await BundleAsync(slot, image.Plan, "0.0.1-1.old", Development, DevelopmentAuthority, Path.Combine(place, "older"), cancellationToken)).Bundle),
            // Last: it is found out only while it is written, which costs the other slot.
            ("altered", await Spoiled("altered", BundleDamage.Altered(bytes, good.PayloadOffset + (good.PayloadBytes / 2)))),
        ];
    }

    /// <summary>A working system that trusts another authority, too.</summary>
    public SlotChange KeyChange
    {
        get
        {
            _ = Foreign;
            return SlotChange.Trusting(ForeignKeys.Authority);
        }
    }

    /// <summary>A bundle that only that authority vouches for, of a version that no board takes: how it is refused tells whether the signature was accepted.</summary>
    public async Task<string> SignedByNextAsync(CancellationToken cancellationToken)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, "next-authority")).FullName;
        return (await BundleAsync(await SmallSlotAsync(place, cancellationToken), image.Plan, "0.0.1-1.old", Foreign, ForeignKeys.Authority, Path.Combine(place, "older"), cancellationToken)).Bundle;
    }

    private Task<SlotTree>? _tree;

    private DevelopmentKeys ForeignKeys => new(Path.Combine(folder, "foreign-keys"), TimeProvider.System);

    private SigningIdentity Foreign => ForeignKeys.Ensure(_ => { });

    private static DevelopmentKeys Keys => new(DevelopmentKeys.DefaultFolder, TimeProvider.System);

    private static SigningIdentity Development => Keys.Ensure(_ => { });

    private static string DevelopmentAuthority => Keys.Authority;

    private async Task<BundleResult> BundleAsync(string slot, string plan, string version, SigningIdentity signer, string authority, string place, CancellationToken cancellationToken)
    {
        var made = image with { Slot = slot, SlotSha256 = await SlotTree.Sha256Async(slot, cancellationToken), SlotBytes = new FileInfo(slot).Length, Plan = plan, Version = version };
        try
        {
            return await new BundleBuilder(_steps, TimeProvider.System).BuildAsync(new BundleRequest(made, signer, authority, Channel, null, $"{version}, made for a check.", place), cancellationToken);
        }
        catch (ImageException e)
        {
            throw new WorkbenchException(e.Message, e.Remedy);
        }
    }

    private static async Task<string> SmallSlotAsync(string place, CancellationToken cancellationToken)
    {
        var slot = Path.Combine(place, "small.squashfs");
        if (!File.Exists(slot))
        {
            var content = Directory.CreateDirectory(Path.Combine(place, "small")).FullName;
            await File.WriteAllBytesAsync(Path.Combine(content, "noise"), RandomNumberGenerator.GetBytes(SmallSlotBytes), cancellationToken);
            await Shell.RequireAsync("mksquashfs", [content, slot, "-noappend", "-no-progress", "-quiet", "-all-root", "-no-xattrs"], cancellationToken);
        }

        return slot;
    }

    // Made of what: the image's slot and the other program, if there is one.
    private async Task<string> StampAsync(CancellationToken cancellationToken)
    {
        var program = nextProgram is null ? "" : "-" + (await SlotTree.Sha256Async(nextProgram, cancellationToken))[..12];
        return image.SlotSha256[..12] + program;
    }
}
