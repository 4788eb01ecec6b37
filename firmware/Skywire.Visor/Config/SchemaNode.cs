// Building blocks of the schema: what a JSON value must look like, and how to say so when it does not.
using System.Text.Json;

namespace Skywire.Visor.Config;

/// <summary>What one value may be. Checks collect every fault instead of stopping at the first.</summary>
internal abstract class SchemaNode
{
    /// <summary>What is expected, as a noun ("a port number from 0 to 65535").</summary>
    public abstract string Expected { get; }

    /// <summary>A right value as JSON text.</summary>
    public abstract string Example { get; }

    /// <summary>Adds the faults of <paramref name="value"/>, found at JSON path <paramref name="path"/>.</summary>
    public abstract void Check(JsonElement value, string path, List<ConfigurationProblem> problems);

    /// <summary>Reports another JSON type than the expected one; true when the type is right.</summary>
    protected bool CheckType(JsonElement value, string path, List<ConfigurationProblem> problems, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (kinds.Contains(value.ValueKind))
        {
            return true;
        }

        problems.Add(new ConfigurationProblem(path, "is " + Name(value.ValueKind), Expected, $"for example {Example}"));
        return false;
    }

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "a section",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}

/// <summary>A text that a rule accepts; the rule gives the fault or null.</summary>
internal sealed class TextNode(string expected, string example, Func<string, string?> rule) : SchemaNode
{
    /// <inheritdoc/>
    public override string Expected => expected;

    /// <inheritdoc/>
    public override string Example => $"\"{example}\"";

    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, List<ConfigurationProblem> problems)
    {
        if (CheckType(value, path, problems, JsonValueKind.String))
        {
            CheckText(value.GetString()!, path, problems);
        }
    }

    /// <summary>Checks a text that is not a JSON value of its own, such as the key of a table.</summary>
    public void CheckText(string text, string path, List<ConfigurationProblem> problems)
    {
        if (rule(text) is { } fault)
        {
            problems.Add(new ConfigurationProblem(path, fault, Expected, $"for example {Example}"));
        }
    }
}

/// <summary>A whole number within bounds.</summary>
internal sealed class NumberNode(string noun, int minimum, int maximum, int example) : SchemaNode
{
    /// <inheritdoc/>
    public override string Expected => $"{noun} from {minimum} to {maximum}";

    /// <inheritdoc/>
    public override string Example => example.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, List<ConfigurationProblem> problems)
    {
        if (CheckType(value, path, problems, JsonValueKind.Number) && (!value.TryGetInt32(out var number) || number < minimum || number > maximum))
        {
            problems.Add(new ConfigurationProblem(path, "is " + value.GetRawText(), Expected, $"for example {Example}"));
        }
    }
}

/// <summary>true or false.</summary>
internal sealed class FlagNode : SchemaNode
{
    /// <inheritdoc/>
    public override string Expected => "true or false";

    /// <inheritdoc/>
    public override string Example => "true";

    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, List<ConfigurationProblem> problems) => CheckType(value, path, problems, JsonValueKind.True, JsonValueKind.False);
}

/// <summary>A list of equal things.</summary>
internal sealed class ListNode(string noun, SchemaNode element) : SchemaNode
{
    /// <inheritdoc/>
    public override string Expected => "a list of " + noun;

    /// <inheritdoc/>
    public override string Example => $"[{element.Example}]";

    /// <summary>What each element must be.</summary>
    public SchemaNode Element => element;

    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, List<ConfigurationProblem> problems)
    {
        if (!CheckType(value, path, problems, JsonValueKind.Array))
        {
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            element.Check(item, $"{path}[{index++}]", problems);
        }
    }
}

/// <summary>A section whose names are data: key to address, setting to value.</summary>
internal sealed class TableNode(string noun, TextNode key, SchemaNode element) : SchemaNode
{
    /// <inheritdoc/>
    public override string Expected => "a section of " + noun;

    /// <inheritdoc/>
    public override string Example => $"{{ {key.Example}: {element.Example} }}";

    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, List<ConfigurationProblem> problems)
    {
        if (!CheckType(value, path, problems, JsonValueKind.Object))
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            var here = $"{path}[\"{member.Name}\"]";
            key.CheckText(member.Name, here, problems);
            element.Check(member.Value, here, problems);
        }
    }
}

/// <summary>One key of a section.</summary>
internal sealed record Member(string Name, SchemaNode Node, string Meaning, bool Required = false, bool Nullable = false);

/// <summary>A section with known keys.</summary>
internal sealed class SectionNode(params Member[] members) : SchemaNode
{
    /// <summary>The cause of a key that is not in the schema.</summary>
    public const string UnknownKey = "unknown key";

    /// <inheritdoc/>
    public override string Expected => "a section";

    /// <inheritdoc/>
    public override string Example => members.FirstOrDefault(m => m.Required) is { } member ? $"{{ \"{member.Name}\": {member.Node.Example} }}" : "{ }";

    /// <summary>The known keys.</summary>
    public IReadOnlyList<Member> Members => members;

    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, List<ConfigurationProblem> problems)
    {
        if (!CheckType(value, path, problems, JsonValueKind.Object))
        {
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in value.EnumerateObject())
        {
            var here = path.Length == 0 ? entry.Name : $"{path}.{entry.Name}";
            var member = members.FirstOrDefault(m => m.Name == entry.Name);
            if (member is null)
            {
                problems.Add(new ConfigurationProblem(here, UnknownKey, "", Suggest(entry.Name)));
            }
            else if (!seen.Add(entry.Name))
            {
                problems.Add(new ConfigurationProblem(here, "stands twice", "", "remove one of the two"));
            }
            else if (!(member.Nullable && entry.Value.ValueKind == JsonValueKind.Null))
            {
                member.Node.Check(entry.Value, here, problems);
            }
        }

        foreach (var member in members)
        {
            if (member.Required && !seen.Contains(member.Name))
            {
                var here = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                problems.Add(new ConfigurationProblem(here, "is missing", member.Node.Expected, $"for example \"{member.Name}\": {member.Node.Example}"));
            }
        }
    }

    private string Suggest(string name)
    {
        var nearest = NearestName.Find(name, members.Select(m => m.Name));
        return nearest is null ? "known here: " + string.Join(", ", members.Select(m => m.Name)) : $"did you mean \"{nearest}\"?";
    }
}
