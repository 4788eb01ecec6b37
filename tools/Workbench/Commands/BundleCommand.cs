using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skywire.ImageBuild;
using Skywire.ImageBuild.Boards;
using Skywire.ImageBuild.Bundles;
using Skywire.ImageBuild.Records;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>bundle [IMAGE]</c>: what boards update themselves from.</summary>
internal static class BundleCommand
{
    public static Command Create()
    {
        var image = new Argument<string>("image") { Description = "an image made by tools/skyminer image (any of its files), or universal or a board's name: the last one made", DefaultValueFactory = _ => ImagePlan.Universal };
        var key = new Option<string?>("--key") { Description = "key that signs: a PEM file or a PKCS#11 address; default: this user's development key, made at first use" };
        var certificate = new Option<string?>("--cert") { Description = "certificate of that key: a PEM file or a PKCS#11 address" };
        var keyring = new Option<string?>("--keyring") { Description = "what the boards trust: the bundle is checked against it; default: the development authority for the development key" };
        var channel = new Option<string>("--channel") { Description = "stable or testing: the feed the bundle is added to", DefaultValueFactory = _ => "stable" };
        channel.AcceptOnlyFromAmong("stable", "testing");
        var minimum = new Option<string?>("--min-version") { Description = "the oldest running version that may install it" };
        var changelog = new Option<string?>("--changelog") { Description = "text file that the page shows before installing" };
        var output = new Option<string?>("--out") { Description = "folder for bundle, index and feed; default: beside the image" };
        var json = new Option<bool>("--json") { Description = "what was made, as JSON on standard output" };
        var command = new Command("bundle", """
            Makes a signed update of an image: NAME.raucb, its block index NAME.raucb.blocks, and the feed CHANNEL.json, into which it is merged.
            Serve the folder over HTTPS and name the feed in the boards' settings; docs/updates.md tells about keys.
            Examples: tools/skyminer bundle      tools/skyminer bundle orangepi-pc2 --channel testing --changelog notes.txt --out feed
                      tools/skyminer bundle --key 'pkcs11:token=release;object=update' --cert signer.pem --keyring ca.pem
            """) { image, key, certificate, keyring, channel, minimum, changelog, output, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(key) is null != result.GetValue(certificate) is null)
            {
                result.AddError("--key and --cert belong together");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            await Prerequisites.EnsureAsync(Prerequisites.Bundle, required: true, token);
            var toError = parsed.GetValue(json);
            var console = toError ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) : AnsiConsole.Console;
            try
            {
                var steps = new BuildSteps(console);
                var made = ImageRecord.Find(parsed.GetValue(image)!, Checkout.At("images"));
                var development = new DevelopmentKeys(DevelopmentKeys.DefaultFolder, TimeProvider.System);
                var signer = parsed.GetValue(key) is { } own ? SigningIdentity.Own(own, parsed.GetValue(certificate)!) : development.Ensure(steps.Warn);
                var trusted = parsed.GetValue(keyring) ?? (signer.IsDevelopment ? development.Authority : null);
                var text = parsed.GetValue(changelog) is { } file ? await ReadAsync(file, token) : "";
                var request = new BundleRequest(made, signer, trusted, parsed.GetValue(channel)!, parsed.GetValue(minimum), text, parsed.GetValue(output) ?? Path.GetDirectoryName(made.Slot)!);
                var result = await new BundleBuilder(steps, TimeProvider.System).BuildAsync(request, token);
                if (toError)
                {
                    Console.WriteLine(JsonSerializer.Serialize(result, BundleJson.Default.BundleResult));
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

    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken) => File.Exists(file)
        ? (await File.ReadAllTextAsync(file, cancellationToken)).Trim()
        : throw new WorkbenchException($"there is no file {file}", "--changelog takes a text file");

    private static void Show(BundleResult result, IAnsiConsole console)
    {
        var bundle = Path.GetRelativePath(Directory.GetCurrentDirectory(), result.Bundle);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{bundle} [grey]({BuildSteps.Size(result.Bytes)}; {result.Compatible} {result.Version}; {result.Seconds:0.0} s)[/]");
        console.MarkupLineInterpolated($"[grey]feed:[/]       {Path.GetRelativePath(Directory.GetCurrentDirectory(), result.Feed)} [grey](serve its folder over HTTPS)[/]");
        console.MarkupLineInterpolated($"[grey]by hand:[/]    skywire update install {Path.GetFileName(bundle)} [grey](on a board)[/]");
    }
}
