// The answer forms of the services. They differ per service, and clients depend on them (spec 03 §10, 05 §3, 11 §1.1).
using System.Text;
using Skywire.Discovery;
using Skywire.Discovery.Json;

namespace Skywire.Services.Http;

/// <summary>Builds answers.</summary>
internal static class Replies
{
    public const string JsonType = "application/json";
    public const string PlainType = "text/plain; charset=utf-8";

    public static HttpReply Empty(int status) => new(status, "", ReadOnlyMemory<byte>.Empty);

    public static HttpReply Json(int status, JsonText json) => new(status, JsonType, json.ToArray());

    public static HttpReply Json(ReadOnlyMemory<byte> json) => new(200, JsonType, json);

    public static HttpReply Plain(int status, string text) => new(status, PlainType, Encoding.UTF8.GetBytes(text));

    /// <summary><c>{"message":text,"code":status}</c> without line end: dmsg discovery.</summary>
    public static HttpReply Message(int status, string text) => Json(status, new JsonText(escapeHtml: true).BeginObject().Name("message").Text(text).Name("code").Number((long)status).EndObject());

    /// <summary><c>{"error":{"message":text,"code":status}}</c>: authentication (with line end) and route finder (without).</summary>
    public static HttpReply NestedError(int status, string text, bool newline)
    {
        var json = new JsonText(escapeHtml: true).BeginObject().Name("error").BeginObject().Name("message").Text(text).Name("code").Number((long)status).EndObject().EndObject();
        return Json(status, newline ? json.Newline() : json);
    }

    /// <summary><c>{"error":text}</c> with line end: most handlers.</summary>
    public static HttpReply Error(int status, string text, string contentType = JsonType) =>
        new(status, contentType, new JsonText(escapeHtml: true).BeginObject().Name("error").Text(text).EndObject().Newline().ToArray());

    /// <summary><c>{"code":status,"error":text}</c> with line end: service discovery.</summary>
    public static HttpReply CodedError(int status, string text) =>
        Json(status, new JsonText(escapeHtml: true).BeginObject().Name("code").Number((long)status).Name("error").Text(text).EndObject().Newline());

    /// <summary>What the reference's router says of a path nobody serves.</summary>
    public static HttpReply NoSuchPath { get; } = Plain(404, "404 page not found\n");
}
