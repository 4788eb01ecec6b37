using System.Text;
using Skywire.Discovery.Json;
using Xunit;

namespace Skywire.Discovery.Tests;

public sealed class JsonInputTests
{
    [Theory]
    [InlineData("""{"message":"a","code":1}""", "a")]
    [InlineData("""{"error":{"message":"b","code":401}}""", "b")]
    [InlineData("""{"code":400,"error":"c"}""", "c")]
    [InlineData("plain words\n", "plain words")]
    [InlineData("", "no reason given")]
    [InlineData("[1]", "[1]")]
    public void ErrorText_EveryForm_GivesTheWords(string body, string words) => Assert.Equal(words, JsonInput.ErrorText(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void JsonText_Escapes_AreThoseOfTheReference()
    {
        const string text = "a<>&\"\\\n\r\t\b\f\u0001\u2028é😀";
        Assert.Equal("\"a<>&\\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u2028é😀\"", Encoding.UTF8.GetString(new JsonText().Text(text).ToArray()));
        Assert.Equal("\"\\u003c\\u003e\\u0026\"", Encoding.UTF8.GetString(new JsonText(escapeHtml: true).Text("<>&").ToArray()));
    }
}
