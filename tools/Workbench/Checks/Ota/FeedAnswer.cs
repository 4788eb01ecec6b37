// How a request is answered. Pure: request, file and faults in, the answer's head and bytes out.
using System.Globalization;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>An answer: status, and which bytes of the file follow.</summary>
internal sealed record FeedAnswer(int Status, long Start, long Length, long Size, string EntityTag)
{
    /// <summary>The answer to a request for a file of <paramref name="size"/> bytes.</summary>
    public static FeedAnswer To(FeedRequest request, long size, string entityTag, bool ignoresRange)
    {
        if (request.IfMatch.Length > 0 && request.IfMatch != "*" && request.IfMatch != entityTag)
        {
            return new FeedAnswer(412, 0, 0, size, entityTag);
        }

        if (request.First is not { } first || ignoresRange)
        {
            return new FeedAnswer(200, 0, size, size, entityTag);
        }

        return first >= size
            ? new FeedAnswer(416, 0, 0, size, entityTag)
            : new FeedAnswer(206, first, Math.Min(request.Last ?? (size - 1), size - 1) - first + 1, size, entityTag);
    }

    /// <summary>There is no such file.</summary>
    public static FeedAnswer NotFound { get; } = new(404, 0, 0, 0, "");

    /// <summary>A file without content.</summary>
    public static FeedAnswer Empty { get; } = new(200, 0, 0, 0, "");

    /// <summary>Status line and fields, with the empty line that ends them. Each connection carries one answer.</summary>
    public string Head()
    {
        var range = Status switch
        {
            206 => string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {Start}-{Start + Length - 1}/{Size}\r\n"),
            416 => string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes */{Size}\r\n"),
            _ => "",
        };
        var tag = EntityTag.Length > 0 ? $"ETag: {EntityTag}\r\n" : "";
        return string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} {Word}\r\nContent-Length: {Length}\r\n{range}{tag}Accept-Ranges: bytes\r\nConnection: close\r\n\r\n");
    }

    private string Word => Status switch
    {
        200 => "OK",
        206 => "Partial Content",
        404 => "Not Found",
        412 => "Precondition Failed",
        _ => "Range Not Satisfiable",
    };
}
