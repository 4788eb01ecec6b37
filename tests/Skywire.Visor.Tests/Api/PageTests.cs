using System.Text;
using System.Text.RegularExpressions;
using Skywire.Visor.Api;

namespace Skywire.Visor.Tests.Api;

public sealed partial class PageTests
{
    [Fact]
    public void Find_EveryPath_HasContentAndType()
    {
        foreach (var path in PageAssets.Paths)
        {
            var asset = PageAssets.Find(path)!;
            Assert.Equal(200, asset.Status);
            Assert.NotEmpty(asset.ContentType);
            Assert.True(asset.Body.Length > 100);
        }

        Assert.Null(PageAssets.Find("/../secret"));
    }

    [Fact]
    public void Page_EveryAsset_FetchesNothingFromElsewhere()
    {
        foreach (var path in PageAssets.Paths)
        {
            var text = Text(path).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            Assert.DoesNotMatch(ExternalUrl(), text);
        }
    }

    [Fact]
    public void Page_Html_HasNothingInlineAndOnlyServedLinks()
    {
        var html = Text("/");
        Assert.DoesNotMatch(InlineCode(), html);
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        foreach (Match link in Links().Matches(html))
        {
            Assert.Contains(link.Groups[1].Value, PageAssets.Paths);
        }
    }

    [Fact]
    public void Page_Script_NeverParsesMarkupAndUsesOnlyKnownIds()
    {
        var script = Text("/page.js");
        Assert.DoesNotMatch(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script);
        var html = Text("/");
        foreach (Match id in ScriptIds().Matches(script))
        {
            Assert.Contains($"id=\"{id.Groups[1].Value}\"", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Page_Html_IsAccessible()
    {
        var html = Text("/");
        Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
        Assert.Contains("name=\"viewport\"", html, StringComparison.Ordinal);
        Assert.Contains("aria-live=\"polite\"", html, StringComparison.Ordinal);
        Assert.Contains("class=\"skip\"", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("<th>", html);
        Assert.Contains("prefers-color-scheme: dark", Text("/page.css"), StringComparison.Ordinal);
        Assert.Contains("prefers-reduced-motion", Text("/page.css"), StringComparison.Ordinal);
    }

    [Fact]
    public void ContentSecurityPolicy_Text_AllowsOnlyThisOrigin()
    {
        Assert.StartsWith("default-src 'none'", PageAssets.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", PageAssets.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.DoesNotContain("*", PageAssets.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", PageAssets.ContentSecurityPolicy, StringComparison.Ordinal);
    }

    private static string Text(string path) => Encoding.UTF8.GetString(PageAssets.Find(path)!.Body.Span);

    [GeneratedRegex(@"(https?:)?//[a-z0-9]|url\(|@import", RegexOptions.IgnoreCase)]
    private static partial Regex ExternalUrl();

    [GeneratedRegex(@"<script(?![^>]* src=)|\son[a-z]+=|javascript:|<style", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("(?:src|href)=\"(/[^\"]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex(@"(?:\$|text|fill)\(""([a-z-]+)""")]
    private static partial Regex ScriptIds();
}
