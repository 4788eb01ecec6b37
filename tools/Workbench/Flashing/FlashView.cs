// What a person sees of flashing: the table of media, the progress with its rate, the question, the figures.
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Skywire.Workbench.Flashing;

/// <summary>Prints. With JSON asked for, everything here goes to standard error.</summary>
internal sealed class FlashView
{
    private readonly IAnsiConsole _console = AnsiConsole.Console;

    /// <summary>Takes the console that the command has chosen.</summary>
    public FlashView()
    {
        // A log has no right edge; wrapped sentences in it cannot be searched for.
        _console.Profile.Width = _console.Profile.Out.IsTerminal ? _console.Profile.Width : 400;
    }

    /// <summary>The media that can be written, those that cannot now, and what to type next.</summary>
    public void ShowMedia(DiskList disks, string image)
    {
        var candidates = disks.Candidates();
        if (candidates.Count == 0)
        {
            _console.MarkupLine("[yellow]No removable medium that could be written.[/] Put a card into the reader, or a stick into a USB port, and run this again.");
        }
        else
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("device", "what it is", "attached by", "size");
            foreach (var d in candidates)
            {
                table.AddRow(new Markup($"[bold]{d.Path}[/]"), new Text(d.Title), new Text(d.TransportName), new Text(BlockDevice.FormatSize(d.Size)));
            }

            _console.Write(table);
        }

        foreach (var d in disks.OtherRemovable())
        {
            var refusal = TargetRules.Judge(d, null, forceFixed: false)!;
            _console.MarkupLineInterpolated($"[grey]not now:[/] {refusal.Reason}. {refusal.Remedy}");
        }

        if (candidates.Count > 0)
        {
            _console.MarkupLineInterpolated($"Next: tools/skyminer flash {image} {candidates[0].Path}");
        }
    }

    /// <summary>One finished step.</summary>
    public void Done(string what, double seconds, string detail) => _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] {what} [grey]{seconds:0.0} s[/]  {detail}");

    /// <summary>A line that is neither good nor bad.</summary>
    public void Note(string text) => _console.MarkupLineInterpolated($"[yellow]{text}[/]");

    /// <summary>A plain line.</summary>
    public void Line(string text) => _console.WriteLine(text);

    /// <summary>Asks; anything but a yes is a no.</summary>
    /// <exception cref="WorkbenchException">There is nobody to ask.</exception>
    public async Task<bool> AskAsync(string question, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected)
        {
            throw new WorkbenchException("nobody is there to be asked whether the card may be overwritten", "add --yes");
        }

        _console.Markup($"{Markup.Escape(question)} [[y/N]] ");
        return (await ReadLineAsync(cancellationToken))?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    /// <summary>Waits for Enter, or for Ctrl-C. Reads the terminal itself: the console class would first ask it for the cursor, and not every terminal answers.</summary>
    public static async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var input = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        var reader = new StreamReader(input);
        return await Task.Run(reader.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
    }

    /// <summary>Runs blocking work off this thread while showing how far each stage is.</summary>
    public async Task<T> WithProgressAsync<T>(Func<FlashProgress, Task<T>> work)
    {
        var view = _console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 32 }, new PercentageColumn(), new RateColumn(), new RemainingTimeColumn());
        view.RefreshRate = TimeSpan.FromMilliseconds(200);
        return await view.StartAsync(context =>
        {
            var tasks = new Dictionary<FlashStage, ProgressTask>();
            void Report(FlashStage stage, long done, long all)
            {
                if (!tasks.TryGetValue(stage, out var task))
                {
                    tasks[stage] = task = context.AddTask(stage switch { FlashStage.Check => "reading the image", FlashStage.Write => "writing", _ => "reading back" });
                }

                task.MaxValue = all;
                task.Value = done;
            }

            return Task.Run(() => work(Report));
        });
    }

    // Bytes and rate in powers of ten, as cards and readers are labelled.
    private sealed class RateColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var rate = task.Speed is { } speed and > 0 ? string.Create(CultureInfo.InvariantCulture, $"{speed / 1e6,6:0.0} MB/s") : "           ";
            return new Text($"{BlockDevice.FormatSize((long)task.Value),8} of {BlockDevice.FormatSize((long)task.MaxValue)} {rate}");
        }
    }
}
