// Where commands write: tables for people, JSON for programs, errors as one line of cause and one of remedy.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Skywire.Visor.Commands;

/// <summary>Standard output and error of one run. Colours and borders only on a terminal.</summary>
internal sealed class CliOutput(TextWriter output, TextWriter error, bool isTerminal)
{
    /// <summary>A person looks on.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>For lines of text.</summary>
    public TextWriter Out => output;

    /// <summary>For errors and warnings.</summary>
    public TextWriter Error => error;

    /// <summary>Serialises a value of this program, indented on a terminal.</summary>
    public void Json<T>(T value, JsonTypeInfo<T> type) => Json(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Prints JSON as it came, indented on a terminal.</summary>
    public void Json(ReadOnlyMemory<byte> json)
    {
        if (!isTerminal)
        {
            output.WriteLine(Encoding.UTF8.GetString(json.Span));
            return;
        }

        using var document = JsonDocument.Parse(json);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            document.WriteTo(writer);
        }

        output.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>Prints a table; plain aligned columns when the output is no terminal. Columns named with a leading '#' are aligned right.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = isTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
        {
            var cell = new TableColumn(Markup.Escape(column.TrimStart('#'))) { NoWrap = true };
            table.AddColumn(column.StartsWith('#') ? cell.RightAligned() : cell);
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(text => new Text(Printable(text)))]);
        }

        Write(table);
    }

    /// <summary>Prints names with values, one a line.</summary>
    public void Pairs(IEnumerable<(string Name, string Value)> pairs)
    {
        var list = pairs.ToList();
        var width = list.Max(p => p.Name.Length) + 2;
        foreach (var (name, value) in list)
        {
            output.WriteLine(name.PadRight(width) + Printable(value));
        }
    }

    /// <summary>Cause and remedy, a line each.</summary>
    public void Fail(string cause, string remedy)
    {
        error.WriteLine("skywire: " + Printable(cause));
        if (remedy.Length > 0)
        {
            error.WriteLine("  " + Printable(remedy));
        }
    }

    // What a peer named itself must not move the cursor or forge a line.
    private static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;

    private void Write(Table table)
    {
        using var buffer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(buffer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = InteractionSupport.No,
        });
        // Keys are long; a program that reads the table must never get it wrapped.
        console.Profile.Width = isTerminal ? Math.Max(80, Console.WindowWidth) : 1000;
        console.Write(table);
        foreach (var line in buffer.ToString().TrimEnd('\n').Split('\n'))
        {
            output.WriteLine(line.TrimEnd());
        }
    }
}
