using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupPageTests
{
    private const string Hostile = "<b onclick='x'>\"&{{style}}\u001b";

    [Fact]
    public void Form_Empty_OffersTheStrongestMeshAndMarksNoError()
    {
        var page = SetupPage.Form(new SetupForm(), SetupSamples.View(new MeshChoice("home", -50, 2), new MeshChoice("far", -80, 1)));
        Assert.Equal(200, page.Status);
        Assert.Contains("value=\"join:home\" checked", page.Body, StringComparison.Ordinal);
        Assert.Contains("2 boards in reach, strong signal", page.Body, StringComparison.Ordinal);
        Assert.Contains("1 board in reach, weak signal", page.Body, StringComparison.Ordinal);
        Assert.Contains("open for 12 minutes more", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("role=\"alert\"", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("aria-invalid", page.Body.Split("</style>")[1], StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Form_Errors_AreTiedToTheirFields()
    {
        var (form, _) = SetupForm.Read(SetupSamples.Fields(("name", "my board"), ("country", ""), ("passphrase", "short")));
        var page = SetupPage.Form(form, SetupSamples.View(), 422).Body;
        Assert.Contains("<title>Error: ", page, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\"", page, StringComparison.Ordinal);
        foreach (var field in (string[])["name", "country", "passphrase"])
        {
            Assert.Matches($"<(input|select) id=\"{field}\"[^>]* aria-invalid=\"true\" aria-describedby=\"error-{field} hint-{field}\"", page);
            Assert.Contains($"id=\"error-{field}\"", page, StringComparison.Ordinal);
            Assert.Contains($"<a href=\"#{field}\">", page, StringComparison.Ordinal);
        }

        Assert.Contains("value=\"my board\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("short", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Form_EveryField_HasALabelAndItsDescriptionsExist()
    {
        var (form, _) = SetupForm.Read(new Dictionary<string, string>());
        var page = SetupPage.Form(form, SetupSamples.View(new MeshChoice("home", -50, 1)), 422).Body;
        foreach (Match match in Regex.Matches(page, "<(?:input type=\"text\"|input|select) id=\"([^\"]+)\""))
        {
            Assert.Contains($"<label for=\"{match.Groups[1].Value}\"", page, StringComparison.Ordinal);
        }

        foreach (var id in Regex.Matches(page, "aria-describedby=\"([^\"]+)\"").SelectMany(m => m.Groups[1].Value.Split(' ')))
        {
            Assert.Contains($"id=\"{id}\"", page, StringComparison.Ordinal);
        }

        Assert.Contains("<html lang=\"en\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Form_HostileNames_AreText()
    {
        var page = SetupPage.Form(
            new SetupForm { Name = Hostile, Country = Hostile, Mesh = "join:" + Hostile, MeshName = Hostile, Errors = new Dictionary<string, string> { ["name"] = Hostile } },
            new SetupView(Hostile, [new MeshChoice(Hostile, -50, 1)], 3, Hostile)).Body;
        Assert.DoesNotContain("<b onclick", page, StringComparison.Ordinal);
        Assert.DoesNotContain("'x'", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', page);
        Assert.Contains("&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;{{style}}\uFFFD", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b onclick", SetupPage.Done(Hostile, Hostile).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Form_ChosenMeshNotHeardAnyMore_StaysChosen()
        => Assert.Contains("value=\"join:gone\" checked", SetupPage.Form(new SetupForm { Mesh = "join:gone" }, SetupSamples.View(new MeshChoice("home", -50, 1))).Body, StringComparison.Ordinal);

    [Fact]
    public void Form_Policy_AllowsItsStyleAndNothingElse()
    {
        var page = SetupPage.Form(new SetupForm(), SetupSamples.View());
        var style = Regex.Match(page.Body, "<style>(.*?)</style>", RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains($"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'", page.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", page.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page.Body, StringComparison.Ordinal);
    }

    // WCAG 2.2: 4.5 for text, 3 for the edges of fields.
    [Fact]
    public void Style_Colours_HaveContrast()
    {
        var css = PageFiles.Text("setup.css");
        var themes = Regex.Matches(css, ":root \\{([^}]*)\\}").Select(m => Regex.Matches(m.Groups[1].Value, "--([a-z-]+): (#[0-9a-f]+)").ToDictionary(v => v.Groups[1].Value, v => v.Groups[2].Value)).ToList();
        Assert.Equal(2, themes.Count);
        foreach (var theme in themes)
        {
            foreach (var (ink, paper, least) in ((string, string, double)[])
                [("text", "bg", 4.5), ("text", "card", 4.5), ("dim", "bg", 4.5), ("dim", "card", 4.5), ("red", "card", 4.5), ("red", "red-bg", 4.5), ("text", "red-bg", 4.5), ("on-accent", "accent", 4.5), ("line", "card", 3), ("line", "bg", 3), ("accent", "card", 3)])
            {
                Assert.True(Contrast(theme[ink], theme[paper]) >= least, $"{ink} {theme[ink]} on {paper} {theme[paper]}: {Contrast(theme[ink], theme[paper]):0.00}");
            }
        }
    }

    private static double Contrast(string a, string b)
    {
        var (x, y) = (Luminance(a), Luminance(b));
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    private static double Luminance(string colour)
    {
        var digits = colour.Length == 4 ? string.Concat(colour[1..].Select(c => $"{c}{c}")) : colour[1..];
        var parts = Convert.FromHexString(digits).Select(b => b / 255.0).Select(v => v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}
