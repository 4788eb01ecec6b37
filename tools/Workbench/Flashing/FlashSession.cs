// A person's order carried out: checks, the one question, card after card, and a clear word when it is broken off.
using System.Globalization;

namespace Skywire.Workbench.Flashing;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Source">The image.</param>
/// <param name="Device">The card's device file, or an existing file for an emulator.</param>
/// <param name="Yes">Do not ask.</param>
/// <param name="DryRun">Write nothing.</param>
/// <param name="ForceFixed">A disk that is not removable is meant.</param>
/// <param name="Config">Settings file, if any.</param>
/// <param name="NameTemplate">Name of the board in it, if any.</param>
/// <param name="Number">What the first card is numbered.</param>
/// <param name="Cards">How many cards.</param>
internal sealed record FlashOrder(ImageSource Source, string Device, bool Yes, bool DryRun, bool ForceFixed, string? Config, string? NameTemplate, int Number, int Cards);

/// <summary>Carries it out.</summary>
internal sealed class FlashSession(FlashOrder order, FlashView view)
{
    private readonly DiskList _disks = new(KernelFiles.Live);

    /// <summary>One report a card; none when the person said no.</summary>
    public async Task<IReadOnlyList<FlashReport>> RunAsync(CancellationToken cancellationToken)
    {
        await Prerequisites.EnsureAsync(FlashTools.For(order.Source.Packing, order.Config is not null), required: true, cancellationToken);
        Judge(imageSize: null);
        var settings = order.Config is null ? null : SettingsFile.Load(order.Config);
        if (settings is not null && await SettingsOf(settings, order.Number).CheckAsync(cancellationToken) is { } note)
        {
            view.Note(note);
        }

        var (facts, checkSeconds) = await view.WithProgressAsync(progress => Task.FromResult(new FlashRun(progress).Check(order.Source, cancellationToken)));
        view.Done("image", checkSeconds, $"{BlockDevice.FormatSize(facts.Size)}, SHA-256 {facts.Sha256[..16]}…, {(facts.SumsFile is { } sums ? "as in " + Path.GetFileName(sums) : "no .sha256 beside it to compare with")}");
        var target = Judge(facts.Size);
        if (order.DryRun)
        {
            view.Line($"Would write {order.Source.Path} onto {target}{(settings is null ? "" : $", with the settings of {settings.Source}")}. Nothing was written.");
            return [Report(facts, checkSeconds)];
        }

        if (!order.Yes && !await view.AskAsync($"Write {Path.GetFileName(order.Source.Path)} onto {target}? All that is on it now will be lost.", cancellationToken))
        {
            view.Line("Nothing was written.");
            return [];
        }

        var reports = new List<FlashReport>();
        for (var card = 0; card < order.Cards; card++)
        {
            if (card > 0)
            {
                await NextCardAsync(card, cancellationToken);
                Judge(facts.Size);
            }

            reports.Add(await CardAsync(facts, checkSeconds, settings is null ? null : SettingsOf(settings, order.Number + card), cancellationToken));
        }

        return reports;
    }

    private async Task<FlashReport> CardAsync(ImageFacts facts, double checkSeconds, SettingsFile? settings, CancellationToken cancellationToken)
    {
        using var medium = Medium.Open(order.Device);
        if (medium.IsDevice && IsFile)
        {
            throw new WorkbenchException($"{order.Device} is a device file outside /dev: what disk it is was not checked", "name the device file in /dev");
        }

        FlashRun? run = null;
        try
        {
            var report = await view.WithProgressAsync(async progress =>
            {
                run = new FlashRun(progress);
                return await run.WriteAsync(order.Source, facts, medium, settings, cancellationToken) with { CheckSeconds = checkSeconds };
            });
            view.Done("written", report.WriteSeconds, string.Create(CultureInfo.InvariantCulture, $"{report.WriteRate:0.0} MB/s{(report.ZeroedBytes > 0 ? $"; {BlockDevice.FormatSize(report.ZeroedBytes)} of it zeros the disk made itself" : "")}"));
            view.Done("read back", report.VerifySeconds, string.Create(CultureInfo.InvariantCulture, $"{report.VerifyRate:0.0} MB/s, SHA-256 is the image's{(report.PastCache ? "" : " (this filesystem reads from memory only)")}"));
            if (settings is not null)
            {
                view.Done("settings", report.SettingsSeconds, $"{SettingsFile.Name} put on the boot partition{(order.NameTemplate is null ? "" : ", " + settings.Text.Split('\n').First(l => l.StartsWith("name = ", StringComparison.Ordinal)))}");
            }

            view.Line($"{medium.Path} is done. Take it out, put it into the board, power on.");
            return report;
        }
        catch (OperationCanceledException) when (run?.IsCardHalfWritten == true)
        {
            view.Note($"Stopped. {medium.Path} is half written, has no partition table now and will not boot: write it again before using it.");
            throw;
        }
        catch (WorkbenchException e) when (run?.IsCardHalfWritten == true)
        {
            throw new WorkbenchException(e.Message, $"{e.Remedy}. The card is not fit for use as it is");
        }
    }

    private SettingsFile SettingsOf(SettingsFile settings, int number) => order.NameTemplate is { } template ? settings.Named(template, number) : settings;

    private bool IsFile => File.Exists(order.Device) && !Path.GetFullPath(File.ResolveLinkTarget(order.Device, returnFinalTarget: true)?.FullName ?? order.Device).StartsWith("/dev/", StringComparison.Ordinal);

    // Files are for emulators: there is nothing to protect but the file, and the question names it.
    private string Judge(long? imageSize)
    {
        if (IsFile)
        {
            var size = new FileInfo(order.Device).Length;
            return imageSize is null || imageSize <= size
                ? $"the file {order.Device} ({BlockDevice.FormatSize(size)})"
                : throw new WorkbenchException($"the file {order.Device} holds {BlockDevice.FormatSize(size)}, the image needs {BlockDevice.FormatSize(imageSize.Value)}", $"truncate -s {imageSize} {order.Device}");
        }

        var device = _disks.Find(order.Device) ?? throw new WorkbenchException($"{order.Device} is not a disk of this machine", "tools/skyminer flash IMAGE lists the media that can be written");
        return TargetRules.Judge(device, imageSize, order.ForceFixed) is { } refusal
            ? throw new WorkbenchException(refusal.Reason, refusal.Remedy)
            : $"{device.Path}, {device.Title} ({device.TransportName}, {BlockDevice.FormatSize(device.Size)})";
    }

    private async Task NextCardAsync(int card, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected)
        {
            throw new WorkbenchException("nobody is there to change the card", "--cards needs a terminal; call once for each card instead, with --number");
        }

        view.Line($"Put card {card + 1} of {order.Cards} into {order.Device} and press Enter (Ctrl-C ends).");
        await FlashView.ReadLineAsync(cancellationToken);
    }

    private FlashReport Report(ImageFacts facts, double checkSeconds) => new() { Image = order.Source.Path, Device = order.Device, Bytes = facts.Size, Sha256 = facts.Sha256, SumsFile = facts.SumsFile, DryRun = true, CheckSeconds = checkSeconds, Settings = order.Config };
}
