using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skywire.Workbench.Flashing;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>flash IMAGE [DEVICE]</c>: an image onto a card, read back and compared.</summary>
internal static class FlashCommand
{
    private const string TemplateMark = "{n}";

    public static Command Create()
    {
        var image = new Argument<string>("image") { Description = "the image: .img, .img.zst or .img.xz" };
        var device = new Argument<string?>("device") { Description = "the card, for example /dev/sdb; without it, the media that can be written are listed", Arity = ArgumentArity.ZeroOrOne };
        device.CompletionSources.Add(_ => new DiskList(KernelFiles.Live).Candidates().Select(d => new System.CommandLine.Completions.CompletionItem(d.Path, detail: d.Title)));
        var yes = new Option<bool>("--yes", "-y") { Description = "do not ask" };
        var dryRun = new Option<bool>("--dry-run") { Description = "check image, card and settings, say what would be done, write nothing" };
        var forceFixed = new Option<bool>("--force-fixed") { Description = "allow a disk that is not removable; never the one this system runs from" };
        var config = new Option<string?>("--config") { Description = "a skyminer.conf to put on the boot partition, checked first" };
        var template = new Option<string?>("--name-template") { Description = "name of the board in that file, for example box-{n}" };
        var number = new Option<int>("--number") { Description = "what {n} begins with", DefaultValueFactory = _ => 1 };
        var cards = new Option<int>("--cards") { Description = "this many cards, one after another, in the same reader", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "figures, or the list of media, as JSON on standard output" };
        template.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !text.Contains(TemplateMark, StringComparison.Ordinal))
            {
                result.AddError("--name-template needs {n}, for example box-{n}");
            }
        });
        cards.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                result.AddError("--cards takes a number from 1 to 1000");
            }
        });
        var command = new Command("flash", """
            Writes an image onto a card, reads it back and compares. Only removable media are listed and taken; disks in use are refused.

            Examples:
              tools/skyminer flash skyminer-universal.img.zst                          lists the cards
              tools/skyminer flash skyminer-universal.img.zst /dev/sdb                 asks once, writes, verifies
              tools/skyminer flash skyminer.img.xz /dev/sdb --config skyminer.conf     with your settings on it
              tools/skyminer flash skyminer.img /dev/sdb --config skyminer.conf --name-template box-{n} --cards 8
              tools/skyminer flash skyminer.img /dev/sdb --dry-run                     what would happen
            """)
        { image, device, yes, dryRun, forceFixed, config, template, number, cards, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(template) is not null && result.GetValue(config) is null)
            {
                result.AddError("--name-template names boards in the file given by --config");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            var asJson = parsed.GetValue(json);
            if (asJson)
            {
                // Standard output belongs to the figures.
                AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            }

            var source = ImageSource.Open(parsed.GetValue(image)!);
            if (parsed.GetValue(device) is not { } path)
            {
                return List(parsed.GetValue(image)!, asJson);
            }

            var order = new FlashOrder(source, path, parsed.GetValue(yes), parsed.GetValue(dryRun), parsed.GetValue(forceFixed), parsed.GetValue(config), parsed.GetValue(template), parsed.GetValue(number), parsed.GetValue(cards));
            var reports = await new FlashSession(order, new FlashView()).RunAsync(token);
            if (asJson)
            {
                Console.WriteLine(JsonSerializer.Serialize(reports, FlashJson.Default.IReadOnlyListFlashReport));
            }

            return reports.Count > 0 ? 0 : 1;
        });
        return command;
    }

    private static int List(string image, bool asJson)
    {
        var disks = new DiskList(KernelFiles.Live);
        if (!asJson)
        {
            new FlashView().ShowMedia(disks, image);
            return 0;
        }

        IReadOnlyList<MediumView> media = [.. disks.All().Where(d => d.IsRemovable).Select(d => (Disk: d, Refusal: TargetRules.Judge(d, null, forceFixed: false)))
            .Select(m => new MediumView(m.Disk.Path, m.Disk.Title, m.Disk.TransportName, m.Disk.Size, m.Refusal is null, m.Refusal?.Code, m.Refusal?.Reason))];
        Console.WriteLine(JsonSerializer.Serialize(media, FlashJson.Default.IReadOnlyListMediumView));
        return 0;
    }
}
