// An HTTP answer of the setup page. Pure.
using System.Globalization;
using System.Text;

namespace Skywire.Wifi.Setup.Http;

/// <summary>One answer; the connection closes after it.</summary>
/// <param name="Status">Status code.</param>
/// <param name="ContentType">Type of the body.</param>
/// <param name="Body">Body, in text.</param>
public sealed record SetupReply(int Status, string ContentType, string Body)
{
    /// <summary>Where a redirect leads; "" for none.</summary>
    public string Location { get; init; } = "";

    /// <summary>What the page may load; the style sheet stands in the page and is named by its hash.</summary>
    public string ContentSecurityPolicy { get; init; } = "default-src 'none'";

    /// <summary>Leads elsewhere. 302, and a body for programs that follow none.</summary>
    public static SetupReply Redirect(string location) => new(302, "text/html; charset=utf-8", $"<!doctype html><title>Setup</title><a href=\"{location}\">Set up this board</a>\n") { Location = location };

    /// <summary>A refusal in words.</summary>
    public static SetupReply Refuse(int status, string why) => new(status, "text/plain; charset=utf-8", why + "\n");

    /// <summary>The bytes.</summary>
    public byte[] ToBytes(bool withBody)
    {
        var body = Encoding.UTF8.GetBytes(Body);
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} {Words()}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Type: {ContentType}\r\nContent-Length: {body.Length}\r\n");
        if (Location.Length > 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Location: {Location}\r\n");
        }

        // same-origin: with no-referrer browsers hide the origin of a form too, and it is what tells ours from a foreign one.
        head.Append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: same-origin\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Security-Policy: {ContentSecurityPolicy}\r\nConnection: close\r\n\r\n");
        return withBody ? [.. Encoding.ASCII.GetBytes(head.ToString()), .. body] : Encoding.ASCII.GetBytes(head.ToString());
    }

    private string Words() => Status switch
    {
        200 => "OK",
        302 => "Found",
        303 => "See Other",
        400 => "Bad Request",
        403 => "Forbidden",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        503 => "Service Unavailable",
        _ => "Answer",
    };
}
