using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Skywire.Workbench.Flashing;

namespace Skywire.Workbench.Commands;

/// <summary><c>catalogue DIR --url BASE</c>: images offered in the Raspberry Pi Imager.</summary>
internal static class CatalogueCommand
{
    private const string FileName = "os_list.json";

    public static Command Create()
    {
        var folder = new Argument<string>("dir") { Description = "folder of images: .img.xz, .img.zst, .img" };
        var url = new Option<string>("--url") { Description = "where the folder will be downloaded from, for example https://downloads.example.org/skyminer/", Required = true };
        var date = new Option<string?>("--date") { Description = "release date, YYYY-MM-DD, for images whose commit is not known here" };
        var output = new Option<string?>("--out") { Description = $"file to write; default {FileName} in the folder; - for standard output" };
        url.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http" or "file"))
            {
                result.AddError("--url takes an http or https address");
            }
        });
        date.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !ImagerCatalogue.IsDate(text))
            {
                result.AddError("--date takes YYYY-MM-DD");
            }
        });
        var command = new Command("catalogue", """
            Makes the catalogue with which the Raspberry Pi Imager offers our images: sizes and SHA-256 packed and unpacked, date of the commit.

            Examples:
              tools/skyminer catalogue out --url https://downloads.example.org/skyminer/
              rpi-imager --repo https://downloads.example.org/skyminer/os_list.json
            """)
        { folder, url, date, output };
        command.SetAction(async (parsed, token) =>
        {
            var from = parsed.GetValue(folder)!;
            if (!Directory.Exists(from))
            {
                throw new WorkbenchException($"there is no folder {from}", "name the folder with the images");
            }

            await Prerequisites.EnsureAsync(FlashTools.Unpackers, required: true, token);
            var target = parsed.GetValue(output) ?? Path.Combine(from, FileName);
            var text = parsed.GetValue(url)!;
            var catalogue = await Task.Run(() => new ImagerCatalogue(DateOfCommit).Create(from, new Uri(text.EndsWith('/') ? text : text + "/"), parsed.GetValue(date), name => Console.Error.WriteLine("reading " + name), token), token);
            var json = JsonSerializer.Serialize(catalogue, CatalogueJson.Default.Catalogue) + "\n";
            if (target == "-")
            {
                Console.Write(json);
                return 0;
            }

            await File.WriteAllTextAsync(target, json, token);
            await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(target))!, ImagerCatalogue.IconName), ImagerCatalogue.Icon, token);
            Console.WriteLine($"{target}: {catalogue.OsList.Count} image{(catalogue.OsList.Count == 1 ? "" : "s")}; put it and {ImagerCatalogue.IconName} beside the images at {text}");
            return 0;
        });
        return command;
    }

    // The day as the committer's clock had it, in UTC, so that the same image has the same date everywhere.
    private static string? DateOfCommit(string commit)
    {
        var start = new ProcessStartInfo("git", ["-C", Checkout.Root, "show", "-s", "--date=format-local:%Y-%m-%d", "--format=%cd", commit + "^{commit}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TZ"] = "UTC";
        try
        {
            using var git = Process.Start(start)!;
            _ = git.StandardError.ReadToEndAsync();
            var day = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 && ImagerCatalogue.IsDate(day) ? day : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No git: the images may still carry their date.
            return null;
        }
    }
}
