// From a slot image to what boards update from: the signed bundle, its block index, its line in the channel's feed.
using System.Diagnostics;
using System.Security.Cryptography;
using Skywire.Update.Blocks;
using Skywire.Update.Feed;
using Skywire.Update.Versions;

namespace Skywire.ImageBuild.Bundles;

/// <summary>Builds bundles with the host's RAUC. The feed is written last: it names nothing that is not there.</summary>
internal sealed class BundleBuilder(BuildSteps steps, TimeProvider time)
{
    // The payload is compressed already, and the block index needs it in one piece: no compression of data, no fragments.
    private const string SquashfsOptions = "-noD -noF -no-fragments -all-root -no-xattrs -no-progress";

    /// <summary>Makes the three files in the request's folder.</summary>
    public async Task<BundleResult> BuildAsync(BundleRequest request, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var image = request.Image;
        var compatible = BundleManifest.CompatibleOf(image.Plan);
        var manifest = new BundleManifest(compatible, image.Version, request.MinVersion, request.Changelog, image.Commit, image.DataSchema).Format();
        var folder = Directory.CreateDirectory(Path.GetFullPath(request.OutputFolder)).FullName;
        var feedFile = Path.Combine(folder, request.Channel + ".json");
        var feed = await ChannelFeed.LoadAsync(feedFile, request.Channel, cancellationToken);
        var bundle = Path.Combine(folder, $"skyminer-{image.Plan}-{image.Version}.raucb");
        var blocks = bundle + ".blocks";
        // Beside the outcome, so that what is finished is only renamed.
        var work = Directory.CreateDirectory(Path.Combine(folder, $".bundle-{Environment.ProcessId}")).FullName;
        try
        {
            await steps.RunAsync("slot image", _ => CheckSlotAsync(image, cancellationToken));
            var made = Path.Combine(work, "made.raucb");
            await steps.RunAsync("bundle", _ => MakeAsync(request, manifest, work, made, cancellationToken));
            if (request.Keyring is { } keyring)
            {
                await steps.RunAsync("signature", _ => VerifyAsync(made, keyring, work, cancellationToken));
            }
            else
            {
                steps.Warn("not checked against a keyring: --keyring FILE names what the boards trust");
            }

            BlockIndex? index = null;
            await steps.RunAsync("block index", async _ =>
            {
                index = await BlockIndexFile.WriteAsync(made, image.Slot, Path.Combine(work, "made.blocks"), cancellationToken);
                return $"{index.Hashes.Count} blocks, payload at byte {index.PayloadOffset}";
            });
            File.Move(made, bundle, overwrite: true);
            File.Move(Path.Combine(work, "made.blocks"), blocks, overwrite: true);
            var sha = index!.BundleSha256;
            await steps.RunAsync("feed", async _ =>
            {
                var offered = new FeedBundle
                {
                    Compatible = compatible,
                    Version = Version(image.Version),
                    MinVersion = request.MinVersion is { } minimum ? Version(minimum) : null,
                    File = new Uri(ChannelFeed.Folder, Path.GetFileName(bundle)),
                    Size = index.BundleSize,
                    Sha256 = sha,
                    Blocks = new Uri(ChannelFeed.Folder, Path.GetFileName(blocks)),
                    Changelog = request.Changelog,
                };
                var merged = ChannelFeed.Add(feed, request.Channel, offered, time.GetUtcNow());
                await ChannelFeed.WriteAsync(merged, feedFile, cancellationToken);
                return $"{request.Channel}, {merged.Bundles.Count} bundles";
            });
            return new BundleResult(bundle, blocks, feedFile, compatible, image.Version, request.MinVersion, request.Channel, index.BundleSize, sha, new FileInfo(blocks).Length, index.PayloadOffset, index.PayloadSize, request.Signer.IsDevelopment, request.Keyring is not null, Math.Round(watch.Elapsed.TotalSeconds, 1), steps.Done);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static SemanticVersion Version(string text) => SemanticVersion.Parse(text) ?? throw new ImageException($"{text} is not a version that boards can compare", "versions have the form 1.2.3 or 1.2.3-4.name");

    private static async Task<string> CheckSlotAsync(BuildResult image, CancellationToken cancellationToken)
    {
        if (!File.Exists(image.Slot))
        {
            throw new ImageException($"there is no slot image {image.Slot}", "tools/skyminer image makes one");
        }

        await using var stream = File.OpenRead(image.Slot);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        return hash == image.SlotSha256
            ? $"{image.Version}, {BuildSteps.Size(image.SlotBytes)}"
            : throw new ImageException($"{image.Slot} is not what its build recorded", "build the image anew: tools/skyminer image");
    }

    private static async Task<string> MakeAsync(BundleRequest request, string manifest, string work, string target, CancellationToken cancellationToken)
    {
        var content = Directory.CreateDirectory(Path.Combine(work, "content")).FullName;
        await File.WriteAllTextAsync(Path.Combine(content, "manifest.raucm"), manifest, cancellationToken);
        await HostTool.RequireAsync("cp", ["--reflink=auto", request.Image.Slot, Path.Combine(content, BundleManifest.SlotFile)], cancellationToken);
        await HostTool.RequireAsync("rauc", ["bundle", "--cert=" + request.Signer.Certificate, "--key=" + request.Signer.Key, "--mksquashfs-args=" + SquashfsOptions, content, target], cancellationToken);
        return BuildSteps.Size(new FileInfo(target).Length) + (request.Signer.IsDevelopment ? ", signed with the development key" : ", signed");
    }

    // With the same rules a board has: purpose of the certificate, time of the signature.
    private static async Task<string> VerifyAsync(string bundle, string keyring, string work, CancellationToken cancellationToken)
    {
        var configuration = Path.Combine(work, "system.conf");
        await File.WriteAllTextAsync(configuration, $"[system]\ncompatible=check\nbootloader=noop\n\n[keyring]\npath={Path.GetFullPath(keyring)}\nuse-bundle-signing-time=true\ncheck-purpose=codesign\n", cancellationToken);
        var result = await HostTool.RunAsync("rauc", ["info", "--conf=" + configuration, bundle], cancellationToken);
        return result.Ok ? "boards with this keyring take it"
            : throw new ImageException($"boards with the keyring {keyring} would refuse this bundle: {result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()}", "the signer's certificate must be issued by an authority in the keyring, for code signing; docs/updates.md");
    }
}
