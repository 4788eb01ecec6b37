// The fields of the setup page: what was typed, what is wrong with it, and the answers when nothing is. Pure.
using Skywire.Boards.Settings;

namespace Skywire.Wifi.Setup;

/// <summary>What the page holds.</summary>
public sealed record SetupForm
{
    /// <summary>Value of <see cref="Mesh"/> for a mesh that is typed in.</summary>
    public const string NewMesh = "new";

    /// <summary>Before the name of a mesh that was heard, in <see cref="Mesh"/>.</summary>
    public const string JoinPrefix = "join:";

    // Nobody types more into a field, and what is longer is not shown again.
    private const int MaxShown = 256;

    /// <summary>Name of the board as typed.</summary>
    public string Name { get; init; } = "";

    /// <summary>Country as chosen.</summary>
    public string Country { get; init; } = "";

    /// <summary>"new", or "join:" with a name.</summary>
    public string Mesh { get; init; } = "";

    /// <summary>Name of a new mesh as typed.</summary>
    public string MeshName { get; init; } = "";

    /// <summary>What is wrong, by field: name, country, mesh, mesh_name, passphrase; whole sentences.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads posted fields. Answers are null when something is wrong; <see cref="Errors"/> says what. The passphrase is in the answers only.</summary>
    public static (SetupForm Form, SetupAnswers? Answers) Read(IReadOnlyDictionary<string, string> fields)
    {
        // Keyboards of phones put a blank behind a word they completed, and skyminer.conf drops blanks around values.
        string Field(string name) => fields.TryGetValue(name, out var value) ? value.Trim() : "";
        string Shown(string text) => text.Length <= MaxShown ? text : text[..MaxShown];
        var form = new SetupForm
        {
            Name = Shown(Field("name")),
            Country = Shown(Field("country")),
            Mesh = Shown(Field("mesh")),
            MeshName = Shown(Field("mesh_name")),
        };
        var meshName = form.Mesh.StartsWith(JoinPrefix, StringComparison.Ordinal) ? form.Mesh[JoinPrefix.Length..] : form.MeshName;
        var errors = form.Judge(meshName, Field("passphrase"));
        return errors.Count > 0 ? (form with { Errors = errors }, null)
            : (form, new SetupAnswers { Name = form.Name, Country = form.Country, MeshName = meshName, MeshPassphrase = Field("passphrase") });
    }

    private Dictionary<string, string> Judge(string meshName, string passphrase)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Name.Length > 0 && SettingRules.HostName(Name) is { } nameFault)
        {
            errors["name"] = $"The name {nameFault}.";
        }

        if (!Countries.Names.ContainsKey(Country))
        {
            errors["country"] = "Choose the country the board stands in.";
        }

        var isJoining = Mesh.StartsWith(JoinPrefix, StringComparison.Ordinal);
        if (!isJoining && Mesh != NewMesh)
        {
            errors["mesh"] = "Choose a mesh to join, or a new one.";
        }
        else if (meshName.Length == 0)
        {
            errors[isJoining ? "mesh" : "mesh_name"] = "Give the mesh a name.";
        }
        else if (SettingRules.MeshName(meshName) is { } meshFault)
        {
            errors[isJoining ? "mesh" : "mesh_name"] = $"The name of the mesh {meshFault}.";
        }

        if (passphrase.Length == 0)
        {
            errors["passphrase"] = "Type the passphrase of the mesh.";
        }
        else if (SettingRules.Passphrase(passphrase) is { } passphraseFault)
        {
            errors["passphrase"] = $"The passphrase {passphraseFault}.";
        }

        return errors;
    }
}
