using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skywire.ImageBuild;
using Skywire.ImageBuild.Boards;
using Skywire.ImageBuild.Bundles;
using Skywire.ImageBuild.Packages;
using Skywire.ImageBuild.Records;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>image [BOARD]</c>: an SD-card image of this checkout.</summary>
internal static class ImageCommand
{
    public static Command Create()
    {
        var board = new Argument<string>("board") { Description = "a board's name (a folder of board-support/boards), or universal: one image for the Orange Pi Prime and every Raspberry Pi", DefaultValueFactory = _ => ImagePlan.Universal };
        var release = new Option<bool>("--release") { Description = "compress as far as it goes, and fail when the committed package versions are not to be had" };
        var output = new Option<string?>("--out") { Description = "folder for what is made; default: images" };
        var program = new Option<string?>("--program") { Description = "a published linux-arm64 skywire to put in, instead of publishing this checkout" };
        var offline = new Option<bool>("--offline") { Description = "from the package cache only" };
        var update = new Option<bool>("--update-lock") { Description = "choose today's package versions and write them to image-build/packages.lock.tsv" };
        var mirror = new Option<string?>("--mirror") { Description = "address of a Debian mirror; default: the one this machine's apt uses" };
        var keyring = new Option<string[]>("--keyring") { Description = "PEM file of authorities whose updates the image takes; may be given several times, to change keys; default: this user's development authority" };
        var json = new Option<bool>("--json") { Description = "what was made, as JSON on standard output" };
        var command = new Command("image", """
            Builds an SD-card image from Debian packages and this checkout's program, without root and without running any package script.
            Examples: tools/skyminer image      tools/skyminer image orangepi-pc2 --release --out cards      tools/skyminer image --offline
                      tools/skyminer image --release --keyring production-ca.pem --keyring next-ca.pem
            """) { board, release, output, program, offline, update, mirror, keyring, json };
        command.SetAction(async (parsed, token) =>
        {
            await Prerequisites.EnsureAsync(Prerequisites.Image, required: true, token);
            var toError = parsed.GetValue(json);
            var console = toError ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) : AnsiConsole.Console;
            try
            {
                var tree = new SourceTree(Checkout.Root, SourceTree.DefaultCache);
                var steps = new BuildSteps(console);
                var file = parsed.GetValue(program);
                if (file is null)
                {
                    await steps.RunAsync("publish", async progress => "skywire " + BuildSteps.Size(new FileInfo(file = await SkywireProgram.PublishAsync("linux-arm64", token)).Length));
                }

                var request = new BuildRequest(parsed.GetValue(board)!, Path.GetFullPath(file!), parsed.GetValue(output) ?? Checkout.At("images"), parsed.GetValue(release), new PackagePolicy(parsed.GetValue(offline), Locked: parsed.GetValue(release), parsed.GetValue(update), parsed.GetValue(mirror)), TrustedAuthorities.Of(parsed.GetValue(keyring) ?? [], steps.Warn));
                var result = await new ImageBuilder(tree, steps).BuildAsync(request, token);
                if (toError)
                {
                    Console.WriteLine(JsonSerializer.Serialize(result, BuildJson.Default.BuildResult));
                }
                else
                {
                    Show(result, console);
                }

                return 0;
            }
            catch (ImageException e)
            {
                throw new WorkbenchException(e.Message, e.Remedy);
            }
        });
        return command;
    }

    private static void Show(BuildResult result, IAnsiConsole console)
    {
        var folder = Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.GetDirectoryName(result.Image)!);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{Path.Combine(folder, Path.GetFileName(result.Compressed))} [grey]({BuildSteps.Size(result.CompressedBytes)}; root slot {BuildSteps.Size(result.SlotBytes)}; {result.Seconds - result.UBootSeconds:0.0} s{(result.UBootSeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {result.UBootSeconds:0} s once for the boot loaders") : "")})[/]");
        console.MarkupLineInterpolated($"[grey]to a card:[/]   tools/skyminer flash {Path.Combine(folder, Path.GetFileName(result.Compressed))} /dev/sdX");
        console.MarkupLineInterpolated($"[grey]without one:[/] tools/skyminer boot qemu-virt");
    }
}
