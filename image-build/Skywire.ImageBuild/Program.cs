// The command line of the image builder. People type tools/skyminer image; this is the same without the checkout's publish step.
using System.CommandLine;
using Skywire.ImageBuild;
using Skywire.ImageBuild.Boards;
using Skywire.ImageBuild.Bundles;
using Skywire.ImageBuild.Packages;
using Spectre.Console;

var board = new Argument<string>("board") { Description = "a board's name, or universal", DefaultValueFactory = _ => ImagePlan.Universal };
var program = new Option<string>("--program") { Description = "the published linux-arm64 skywire executable", Required = true };
var checkout = new Option<string>("--checkout") { Description = "top folder of the source", DefaultValueFactory = _ => Directory.GetCurrentDirectory() };
var output = new Option<string>("--out") { Description = "folder for what is made", DefaultValueFactory = _ => "images" };
var release = new Option<bool>("--release") { Description = "compress as far as it goes" };
var offline = new Option<bool>("--offline") { Description = "from the package cache only" };
var locked = new Option<bool>("--locked") { Description = "fail when the mirror no longer has the committed versions" };
var update = new Option<bool>("--update-lock") { Description = "choose today's versions and write them to image-build/packages.lock.tsv" };
var mirror = new Option<string?>("--mirror") { Description = "address of a Debian mirror; default: the one this machine's apt uses" };
var keyring = new Option<string[]>("--keyring") { Description = "PEM file of authorities whose updates the image takes; may be given several times; default: this user's development authority" };
var root = new RootCommand("""
    Builds SD-card images from Debian packages and the published program.

    Examples:
      skyimage universal --program publish/skywire
      skyimage orangepi-pc2 --program publish/skywire --release --out images
    """) { board, program, checkout, output, release, offline, locked, update, mirror, keyring };
root.SetAction(async (parsed, token) =>
{
    var tree = new SourceTree(Path.GetFullPath(parsed.GetValue(checkout)!), SourceTree.DefaultCache);
    var request = new BuildRequest(parsed.GetValue(board)!, parsed.GetValue(program)!, parsed.GetValue(output)!, parsed.GetValue(release), new PackagePolicy(parsed.GetValue(offline), parsed.GetValue(locked), parsed.GetValue(update), parsed.GetValue(mirror)), TrustedAuthorities.Of(parsed.GetValue(keyring) ?? [], Console.Error.WriteLine));
    var result = await new ImageBuilder(tree, new BuildSteps(AnsiConsole.Console)).BuildAsync(request, token);
    AnsiConsole.MarkupLineInterpolated($"{result.Image} [grey]in {result.Seconds} s[/]");
    return 0;
});
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (ImageException e)
{
    Console.Error.WriteLine($"error: {e.Message}\nremedy: {e.Remedy}");
    return 3;
}
