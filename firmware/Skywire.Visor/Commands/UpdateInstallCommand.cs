// skywire update install: hands the order to the visor and follows it to its end.
using System.CommandLine;
using Skywire.Update.Versions;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Updates;

namespace Skywire.Visor.Commands;

internal static class UpdateInstallCommand
{
    // Often enough for a bar that moves, seldom enough for a board that writes its card.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public static Command Create(CommandContext context)
    {
        var what = new Argument<string?>("FILE|VERSION") { Description = "A bundle on this board (as on a USB stick), or a version of the feed. Missing: the newest of the feed.", Arity = ArgumentArity.ZeroOrOne };
        what.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !IsFile(text) && SemanticVersion.Parse(text) is null)
            {
                result.AddError($"\"{text}\" is neither a version nor a file that ends in .raucb");
            }
        });
        var downgrade = new Option<bool>("--allow-downgrade") { Description = "Also install what is older than what runs." };
        var box = new Option<bool>("--box") { Description = "On all boards of the box, one after the other, this order given to the serving board; it stops at the first that fails." };
        return context.Remote(
            "install",
            "Download, check and write an update into the other slot; the board restarts into it, and goes back by itself if it does not prove itself.",
            ["skywire update install", "skywire update install 0.2.0", "skywire update install /mnt/skyminer.raucb", "skywire update install 0.1.0 --allow-downgrade", "skywire update install --box"],
            [what, downgrade, box],
            async (result, client, cancellationToken) =>
            {
                var text = result.GetValue(what) ?? "";
                var isHere = result.GetValue(context.Url) is null;
                var file = !IsFile(text) ? "" : isHere ? await BringAsync(text, client, cancellationToken) : text;
                var request = new InstallUpdateRequest(file, IsFile(text) ? "" : text, result.GetValue(downgrade), result.GetValue(box));
                var json = await client.PostAsync("update/install", request, ApiJson.Default.InstallUpdateRequest, cancellationToken);
                return await FollowAsync(context, result, client, json, cancellationToken);
            });
    }

    private static bool IsFile(string text) => text.Contains('/', StringComparison.Ordinal) || text.EndsWith(".raucb", StringComparison.Ordinal);

    // Visor and updater see little of the file system: a stick, a home folder or /tmp are not among it. Who may write into the update folder (root) has the file copied there.
    private static async Task<string> BringAsync(string file, VisorClient client, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(file);
        if (!File.Exists(full))
        {
            throw new CliException(ExitCode.Failure, $"{full} does not exist", "mount the stick first (\"mount /dev/sda1 /mnt\"), or check the name");
        }

        var folder = VisorClient.Parse(await client.GetAsync("update", cancellationToken), ApiJson.Default.UpdateView).Folder;
        if (full.StartsWith(Path.TrimEndingDirectorySeparator(folder) + "/", StringComparison.Ordinal))
        {
            return full;
        }

        var place = Path.Combine(folder, UpdateHost.ImportFolder);
        try
        {
            Directory.CreateDirectory(place);
            var copy = Path.Combine(place, Path.GetFileName(full));
            await using var from = File.OpenRead(full);
            await using var to = new FileStream(copy, FileMode.Create, FileAccess.Write);
            await from.CopyToAsync(to, cancellationToken);

            // The visor removes it when it is done; the folder has to be its own for that.
            ImportOwner.Give(place, folder);
            ImportOwner.Give(copy, folder);
            return copy;
        }
        catch (UnauthorizedAccessException)
        {
            return full;
        }
    }

    private static async Task<int> FollowAsync(CommandContext context, ParseResult result, VisorClient client, byte[] json, CancellationToken cancellationToken)
    {
        var view = VisorClient.Parse(json, ApiJson.Default.UpdateView);
        var number = view.Order?.Number ?? 0;
        var isQuiet = result.GetValue(context.Json);
        var bar = new UpdateBar(context.Output);
        while (view.Order is { Done: false } order && order.Number == number)
        {
            if (!isQuiet)
            {
                bar.Show(view);
            }

            await Task.Delay(Poll, cancellationToken);
            try
            {
                json = await client.GetAsync("update", cancellationToken);
            }
            catch (CliException e) when (e.ExitCode == ExitCode.NotRunning && view.Phase is "installing" or "rebooting")
            {
                bar.End();
                context.Output.Out.WriteLine("the visor has ended: the board restarts, or an installation goes on without it (\"skywire update status\" after the restart)");
                return ExitCode.Ok;
            }

            view = VisorClient.Parse(json, ApiJson.Default.UpdateView);
        }

        bar.End();
        if (view.Order is { Code.Length: > 0 } refused)
        {
            throw new CliException(ExitCode.Refused, $"{refused.Code}: {refused.Message}", refused.Remedy);
        }

        if (isQuiet)
        {
            context.Output.Json(json);
        }
        else
        {
            context.Output.Out.WriteLine(view.Order is { Message.Length: > 0 } done ? done.Message : "ordered");
        }

        return ExitCode.Ok;
    }
}
