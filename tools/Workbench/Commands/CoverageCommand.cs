using System.CommandLine;
using System.Globalization;
using System.Xml.Linq;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>coverage</c>: lines run by the quick tests, per library.</summary>
internal static class CoverageCommand
{
    // The builds carry mapped source paths (/_/), which the collector would take for missing sources and leave everything out.
    private static readonly string[] Settings =
    [
        "DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.ExcludeAssembliesWithoutSources=None",
        "DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.Include=[Skywire.*]*,[skywire]*",
    ];

    public static Command Create()
    {
        var command = new Command("coverage", "Runs the quick tests under the coverage collector and prints lines covered per library.");
        command.SetAction(async (_, token) =>
        {
            var results = Path.Combine(Checkout.State, "coverage");
            if (Directory.Exists(results))
            {
                Directory.Delete(results, recursive: true);
            }

            await Shell.RunAsync(
                Checkout.Dotnet,
                ["test", Checkout.At("Skywire.Firmware.sln"), "--nologo", "--collect:XPlat Code Coverage", "--results-directory", results, "--filter", "Category!=Slow", "-nodeReuse:false", "--", .. Settings],
                token,
                onLine: line =>
                {
                    if (line.Contains("Passed!", StringComparison.Ordinal) || line.Contains("Failed!", StringComparison.Ordinal))
                    {
                        AnsiConsole.WriteLine(line);
                    }
                });

            // A library is run by several test projects; a line counts as covered when any of them ran it.
            var lines = new SortedDictionary<string, Dictionary<(string File, int Line), bool>>(StringComparer.Ordinal);
            foreach (var file in Directory.EnumerateFiles(results, "coverage.cobertura.xml", SearchOption.AllDirectories))
            {
                foreach (var package in XDocument.Load(file).Descendants("package"))
                {
                    var name = (string)package.Attribute("name")!;
                    var seen = lines.TryGetValue(name, out var known) ? known : lines[name] = [];
                    foreach (var type in package.Descendants("class"))
                    {
                        var source = (string)type.Attribute("filename")!;
                        foreach (var line in type.Descendants("line"))
                        {
                            var key = (source, (int)line.Attribute("number")!);
                            seen[key] = seen.GetValueOrDefault(key) || (int)line.Attribute("hits")! > 0;
                        }
                    }
                }
            }

            var table = new Table().AddColumns("library", "lines", "covered");
            foreach (var (name, seen) in lines.Where(l => (l.Key.StartsWith("Skywire.", StringComparison.Ordinal) && !l.Key.Contains("Test", StringComparison.Ordinal)) || l.Key == "skywire"))
            {
                table.AddRow(name, seen.Count.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{100.0 * seen.Values.Count(v => v) / Math.Max(1, seen.Count):0.0} %"));
            }

            AnsiConsole.Write(table);
            return lines.Count > 0 ? 0 : 1;
        });
        return command;
    }
}
