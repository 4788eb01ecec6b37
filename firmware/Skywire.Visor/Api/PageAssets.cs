// The web page's files, embedded in the executable.
using Skywire.Discovery;

namespace Skywire.Visor.Api;

internal static class PageAssets
{
    /// <summary>Nothing but this origin, nothing inline: a page that shows names given by strangers must not run them.</summary>
    public const string ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Dictionary<string, (string Resource, string Type)> Files = new()
    {
        ["/"] = ("page/index.html", "text/html; charset=utf-8"),
        ["/page.css"] = ("page/page.css", "text/css; charset=utf-8"),
        ["/page.js"] = ("page/page.js", "text/javascript; charset=utf-8"),
        ["/icon.svg"] = ("page/icon.svg", "image/svg+xml"),
    };

    /// <summary>Paths served.</summary>
    public static IReadOnlyCollection<string> Paths => Files.Keys;

    /// <summary>The file of a path; null when there is none.</summary>
    public static HttpReply? Find(string path)
    {
        if (!Files.TryGetValue(path, out var file))
        {
            return null;
        }

        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(file.Resource) ?? throw new InvalidOperationException($"resource {file.Resource} is missing from the executable");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new HttpReply(200, file.Type, content);
    }
}
