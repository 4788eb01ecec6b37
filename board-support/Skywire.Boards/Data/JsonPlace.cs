// One object of a board file with where it stands: reads members, notes what is wrong with them and goes on.
using System.Text.Json;
using Skywire.Visor.Config;

namespace Skywire.Boards.Data;

/// <summary>Reads the members of one JSON object; faults go to one list.</summary>
internal readonly struct JsonPlace(JsonElement element, string path, List<string> faults)
{
    /// <summary>Notes a fault of a member.</summary>
    public void Fault(string member, string cause) => faults.Add($"{At(member)}: {cause}");

    /// <summary>Any other member is a fault.</summary>
    public void OnlyKeys(params string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{(path.Length > 0 ? path : "the file")}: is no object");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!seen.Add(member.Name))
            {
                Fault(member.Name, "stands twice");
            }
            else if (!known.Contains(member.Name, StringComparer.Ordinal))
            {
                Fault(member.Name, "unknown key" + (NearestName.Find(member.Name, known) is { } near ? $"; did you mean \"{near}\"?" : ""));
            }
        }
    }

    /// <summary>A text that must be there and not be empty.</summary>
    public string Text(string member) => Get(member) is not { } value ? Missing(member, "") : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : Wrong(member, "a text", "");

    /// <summary>A text that may be missing.</summary>
    public string Text(string member, string otherwise) => Get(member) is not { } value ? otherwise : value.ValueKind == JsonValueKind.String ? value.GetString()! : Wrong(member, "a text", otherwise);

    /// <summary>True or false; false when missing.</summary>
    public bool Flag(string member) => Get(member) is { } value && (value.ValueKind == JsonValueKind.True || (value.ValueKind != JsonValueKind.False && Wrong(member, "true or false", false)));

    /// <summary>A whole number that must be there.</summary>
    public int Number(string member, int least, int most)
        => Get(member) is not { } value ? Missing(member, least)
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
            : Wrong(member, $"a number from {least} to {most}", least);

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string> Texts(string member, int atLeast)
    {
        var texts = new List<string>();
        foreach (var item in List(member))
        {
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } text)
            {
                texts.Add(text);
            }
            else
            {
                Fault(member, "holds something that is no text");
            }
        }

        if (texts.Count < atLeast)
        {
            Fault(member, $"needs at least {atLeast}");
        }

        return texts;
    }

    /// <summary>A list of objects; empty when missing.</summary>
    public IReadOnlyList<JsonPlace> Items(string member)
    {
        var items = new List<JsonPlace>();
        foreach (var item in List(member))
        {
            items.Add(new JsonPlace(item, $"{At(member)}[{items.Count}]", faults));
        }

        return items;
    }

    /// <summary>An object that may be missing.</summary>
    public JsonPlace? Section(string member) => Get(member) is { } value && value.ValueKind != JsonValueKind.Null ? new JsonPlace(value, At(member), faults) : null;

    private string At(string member) => path.Length > 0 ? $"{path}.{member}" : member;

    private JsonElement? Get(string member) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) ? value : null;

    private IEnumerable<JsonElement> List(string member) => Get(member) is not { } value ? [] : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : Wrong<IEnumerable<JsonElement>>(member, "a list", []);

    private T Missing<T>(string member, T otherwise)
    {
        Fault(member, "is missing");
        return otherwise;
    }

    private T Wrong<T>(string member, string expected, T otherwise)
    {
        Fault(member, $"is not {expected}");
        return otherwise;
    }
}
