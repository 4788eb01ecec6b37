// The setup page as text. Pure: what it shows in, HTML out.
using System.Security.Cryptography;
using System.Text;
using Skywire.Wifi.Setup.Http;

namespace Skywire.Wifi.Setup;

/// <summary>What the page shows besides the form.</summary>
/// <param name="NetworkName">Name of the setup network.</param>
/// <param name="Meshes">Meshes to choose from.</param>
/// <param name="MinutesLeft">Whole minutes until it closes.</param>
/// <param name="Trouble">What became of answers given before; "" for nothing to tell.</param>
public sealed record SetupView(string NetworkName, IReadOnlyList<MeshChoice> Meshes, int MinutesLeft, string Trouble = "");

/// <summary>Makes pages.</summary>
public static class SetupPage
{
    private const string Html = "text/html; charset=utf-8";

    private static readonly string Style = PageFiles.Text("setup.css");
    private static readonly string FormTemplate = PageFiles.Text("setup.html");
    private static readonly string DoneTemplate = PageFiles.Text("done.html");

    /// <summary>No script, nothing from anywhere, forms to this page alone. Names given by strangers stand in it.</summary>
    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly (string Field, string Label)[] Order = [("name", "Name of the board"), ("country", "Country"), ("mesh", "Mesh"), ("mesh_name", "Name of the new mesh"), ("passphrase", "Passphrase")];

    /// <summary>The form, with what is wrong beside the fields and the view's trouble above all.</summary>
    public static SetupReply Form(SetupForm form, SetupView view, int status = 200)
    {
        var trouble = view.Trouble;
        var hasErrors = form.Errors.Count > 0 || trouble.Length > 0;
        var chosen = form.Mesh.Length > 0 ? form.Mesh : view.Meshes.Count > 0 ? SetupForm.JoinPrefix + view.Meshes[0].Name : SetupForm.NewMesh;
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["style"] = Style,
            ["title"] = hasErrors ? "Error: set up this board" : "Set up this board",
            ["network"] = view.NetworkName,
            ["minutes"] = view.MinutesLeft == 1 ? "1 minute" : FormattableString.Invariant($"{view.MinutesLeft} minutes"),
            ["summary"] = Summary(form.Errors, trouble),
            ["name"] = form.Name,
            ["mesh_name"] = form.MeshName,
            ["countries"] = CountryOptions(form.Country),
            ["meshes"] = MeshOptions(view.Meshes, chosen),
            ["new_checked"] = chosen == SetupForm.NewMesh ? " checked" : "",
            ["new_label"] = view.Meshes.Count > 0 ? "A new mesh, or one that is not in this list" : "A new mesh, or one that is not in reach yet",
        };
        foreach (var (field, _) in Order)
        {
            values["error_" + field] = form.Errors.TryGetValue(field, out var error) ? $"<p class=\"error\" id=\"error-{field}\">{PageTemplate.Escape(error)}</p>" : "";
            // A group of choices cannot be invalid, its description can say so.
            values["invalid_" + field] = form.Errors.ContainsKey(field) ? $"{(field == "mesh" ? "" : " aria-invalid=\"true\"")} aria-describedby=\"error-{field} hint-{field}\"" : $" aria-describedby=\"hint-{field}\"";
        }

        return new SetupReply(status, Html, PageTemplate.Fill(FormTemplate, values)) { ContentSecurityPolicy = Policy };
    }

    /// <summary>What happens next.</summary>
    public static SetupReply Done(string meshName, string networkName) => new(200, Html, PageTemplate.Fill(DoneTemplate, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["style"] = Style,
        ["mesh"] = meshName,
        ["network"] = networkName,
    }))
    { ContentSecurityPolicy = Policy };

    // Read out at once, and the first thing the keyboard is at; each line leads to its field.
    private static string Summary(IReadOnlyDictionary<string, string> errors, string trouble)
    {
        if (errors.Count == 0 && trouble.Length == 0)
        {
            return "";
        }

        var text = new StringBuilder("<div class=\"summary\" id=\"summary\" role=\"alert\" tabindex=\"-1\" autofocus>");
        if (trouble.Length > 0)
        {
            text.Append("<p><strong>").Append(PageTemplate.Escape(trouble)).Append("</strong></p>");
        }

        if (errors.Count > 0)
        {
            text.Append("<p><strong>").Append(errors.Count == 1 ? "One answer has to be mended" : "Some answers have to be mended").Append(". Type the passphrase again, too.</strong></p><ul>");
            foreach (var (field, label) in Order.Where(o => errors.ContainsKey(o.Field)))
            {
                text.Append("<li><a href=\"#").Append(field).Append("\">").Append(label).Append("</a>: ").Append(PageTemplate.Escape(errors[field])).Append("</li>");
            }

            text.Append("</ul>");
        }

        return text.Append("</div>").ToString();
    }

    private static string CountryOptions(string chosen)
    {
        var text = new StringBuilder();
        text.Append("<option value=\"\"").Append(Countries.Names.ContainsKey(chosen) ? "" : " selected").Append(">Choose a country</option>");
        foreach (var (code, name) in Countries.All)
        {
            text.Append("<option value=\"").Append(code).Append('"').Append(code == chosen ? " selected" : "").Append('>').Append(PageTemplate.Escape(name)).Append("</option>");
        }

        return text.ToString();
    }

    private static string MeshOptions(IReadOnlyList<MeshChoice> meshes, string chosen)
    {
        // What was chosen stays, though its mesh was not heard again.
        var lost = chosen.StartsWith(SetupForm.JoinPrefix, StringComparison.Ordinal) && meshes.All(m => SetupForm.JoinPrefix + m.Name != chosen) ? chosen[SetupForm.JoinPrefix.Length..] : "";
        var text = new StringBuilder();
        foreach (var (name, detail) in meshes.Select(m => (m.Name, FormattableString.Invariant($"{m.Boards} board{(m.Boards == 1 ? "" : "s")} in reach, {m.Strength} signal"))).Concat(lost.Length > 0 ? [(lost, "not heard any more")] : []))
        {
            var value = PageTemplate.Escape(SetupForm.JoinPrefix + name);
            text.Append("<label class=\"choice\"><input type=\"radio\" name=\"mesh\" value=\"").Append(value).Append('"').Append(chosen == SetupForm.JoinPrefix + name ? " checked" : "")
                .Append("><span>Join <strong>").Append(PageTemplate.Escape(name)).Append("</strong><small>").Append(detail).Append("</small></span></label>");
        }

        return text.ToString();
    }
}
