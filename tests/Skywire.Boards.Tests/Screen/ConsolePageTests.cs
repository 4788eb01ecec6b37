using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Skywire.Boards.Leds;
using Skywire.Boards.Running;
using Skywire.Boards.Screen;
using Skywire.Boards.Settings;
using Skywire.Testing;

namespace Skywire.Boards.Tests.Screen;

public sealed class ConsolePageTests : TestBase
{
    private static readonly ConsoleFacts Facts = new()
    {
        Name = "attic",
        Title = "Orange Pi Prime",
        Release = "universal 1.0",
        State = BoardState.Joined,
        Reason = "2 transports up",
        Box = "home, 3 boards, served by cellar",
        Addresses = ["192.168.178.123", "2001:db8::7"],
        PublicKey = "02" + new string('a', 64),
        PagePort = 8000,
        PagePassword = "abcdefgh2345",
    };

    [Fact]
    public void Lines_WholePage_FitsASerialTerminal()
    {
        var lines = ConsolePage.Lines(Facts, withColours: true).Select(Plain).ToList();
        Assert.All(lines, l => Assert.InRange(l.Length, 0, ConsolePage.Width));
        Assert.InRange(lines.Count, 10, 23);
        var text = string.Join('\n', lines);
        foreach (var part in (string[])["attic", "Orange Pi Prime", "joined: 2 transports up", "home, 3 boards", "192.168.178.123", "http://192.168.178.123:8000/", "abcdefgh2345"])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        // The key is cut into lines, but all of it is there.
        var from = lines.FindIndex(l => l.Contains("key      ", StringComparison.Ordinal));
        var column = lines[from].IndexOf("key      ", StringComparison.Ordinal) + 9;
        Assert.Equal(Facts.PublicKey, lines[from][column..] + lines[from + 1][column..]);
    }

    [Fact]
    public void Lines_NoAddress_SaysSoAndShowsNoCode()
    {
        var lines = ConsolePage.Lines(Facts with { Addresses = [] }, withColours: true);
        Assert.DoesNotContain(lines, l => l.Contains('\u2588', StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("none yet", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_SetupOffered_ShowsNetworkCodeAndPageInstead()
    {
        var offer = new SetupOffer("Skyminer-setup-A1B2", "k7mf2-rtw9x", "http://10.77.0.1/", "WIFI:T:WPA;S:Skyminer-setup-A1B2;P:k7mf2-rtw9x;;");
        var lines = ConsolePage.Lines(Facts with { Setup = offer, Box = "", State = BoardState.NoLink, Reason = "no link to another board yet, nobody answers on the wire", Addresses = ["10.77.0.1"] }, withColours: true).Select(Plain).ToList();
        Assert.All(lines, l => Assert.InRange(l.Length, 0, ConsolePage.Width));
        Assert.InRange(lines.Count, 10, 22);
        var text = string.Join('\n', lines);
        foreach (var part in (string[])["wifi     Skyminer-setup-A1B2", "code     k7mf2-rtw9x", "page     http://10.77.0.1/", "no_link: "])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(":8000", text, StringComparison.Ordinal);
        var code = QrText.Lines(offer.Qr, withColours: true);
        Assert.Equal(Plain(code[5]), lines[6][..Plain(code[5]).Length]);
    }

    [Theory]
    [InlineData("""{"name":"Skyminer-setup-A1B2","code":"k7mf2-rtw9x","address":"http://10.77.0.1/","qr":"WIFI:;;","closes_at":"2026-01-01T00:15:00+00:00"}""", "k7mf2-rtw9x")]
    [InlineData("""{"name":"Skyminer-setup-A1B2"}""", null)]
    [InlineData("""{"name":""", null)]
    [InlineData(null, null)]
    public void Make_SetupFile_IsTheOffer(string? content, string? code)
    {
        using var root = new TempFolder();
        if (content is not null)
        {
            root.Write("run/skyminer-wifi/setup.json", content);
        }

        Assert.Equal(code, ConsoleFactsOf.Offer(ApplyPlaces.Default with { Root = root.Path })?.Code);
    }

    [Fact]
    public void Lines_HostileTexts_MoveNoCursor()
    {
        var lines = ConsolePage.Lines(Facts with { Box = "evil\e[2Jmesh\r\n", Reason = new string('x', 500), Mistakes = [.. Enumerable.Repeat("a\tb", 9)] }, withColours: false);
        Assert.All(lines, l => Assert.DoesNotContain(l, char.IsControl));
        Assert.All(lines, l => Assert.InRange(l.Length, 0, ConsolePage.Width));
        Assert.Contains(lines, l => l.Contains("5 more", StringComparison.Ordinal));
    }

    [Fact]
    public void Issue_Backslash_IsEscapedForGetty() => Assert.Contains("a\\\\b", ConsolePage.Issue(Facts with { Reason = "a\\b" }), StringComparison.Ordinal);

    [Fact]
    public void Modules_TooLongText_IsNone() => Assert.Empty(QrText.Modules(new string('a', 1500)));

    // Read by somebody else's reader: the characters as they stand on the terminal are drawn and decoded.
    [Theory]
    [InlineData("http://192.168.178.123:8000/#password=abcdefgh2345", true)]
    [InlineData("http://192.168.178.123:8000/#password=abcdefgh2345", false)]
    [InlineData("http://10.0.0.2:8000/", true)]
    [InlineData("WIFI:T:WPA;S:Skyminer-setup-A1B2;P:k7mf2-rtw9x;;", true)]
    public async Task Lines_QrCode_IsReadByZbar(string text, bool withColours)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zbarimg"), "zbarimg (package zbar-tools) is not installed");
        using var folder = new TempFolder();
        var image = folder.File("qr.pgm");
        await File.WriteAllBytesAsync(image, Draw(QrText.Lines(text, withColours), withColours), Deadline);
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/zbarimg", ["--quiet", "--raw", "--nodbus", image]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Deadline);
        await process.WaitForExitAsync(Deadline);
        Assert.Equal(text, output.TrimEnd('\n'));
    }

    [Fact]
    public void IssueFile_Show_WritesOnceAndWakesTheGettys()
    {
        using var folder = new TempFolder();
        folder.Write("trigger", "");
        var issue = new IssueFile(folder.File("issue"), folder.File("trigger"));
        Assert.True(issue.Show("page"));
        Assert.False(issue.Show("page"));
        Assert.Equal("page", folder.Read("issue"));
        Assert.Equal("\n", folder.Read("trigger"));
        Assert.True((File.GetUnixFileMode(folder.File("issue")) & UnixFileMode.OtherRead) == 0);
        Assert.False(new IssueFile(folder.File("none/issue")).Show("page"));
    }

    // 8 pixels a module; a character cell is one module wide and two high. What a terminal leaves dark, or paints, is decided as a terminal does.
    private static byte[] Draw(IReadOnlyList<string> lines, bool withColours)
    {
        const int Scale = 8;
        var cells = lines.Select(Plain).ToList();
        var (width, height) = (cells[0].Length, cells.Count * 2);
        var pixels = new byte[width * height * Scale * Scale];
        var (ink, paper) = withColours ? ((byte)0, (byte)170) : ((byte)170, (byte)0);
        for (var y = 0; y < height * Scale; y++)
        {
            for (var x = 0; x < width * Scale; x++)
            {
                var character = cells[y / Scale / 2][x / Scale];
                var isUpper = y / Scale % 2 == 0;
                var isInk = character == '\u2588' || character == (isUpper ? '\u2580' : '\u2584');
                pixels[(y * width * Scale) + x] = isInk ? ink : paper;
            }
        }

        return [.. Encoding.ASCII.GetBytes($"P5 {width * Scale} {height * Scale} 255\n"), .. pixels];
    }

    private static string Plain(string line) => Regex.Replace(line, "\e\\[[0-9;]*m", "");
}
