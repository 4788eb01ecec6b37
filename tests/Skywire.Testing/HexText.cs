// Bytes written so that people can read them: hex digits with blanks and line ends between, and # before a comment.
namespace Skywire.Testing;

/// <summary>Hex with comments.</summary>
public static class HexText
{
    /// <summary>The bytes of a text; what follows a # on its line is a comment.</summary>
    public static byte[] Bytes(string text) =>
        Convert.FromHexString(string.Concat(text.Split('\n').Select(line => line.Split('#')[0])).Where(c => !char.IsWhiteSpace(c)).ToArray());
}
