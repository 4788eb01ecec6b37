using System.Text;
using Skywire.Boards.Settings;

namespace Skywire.Boards.Tests.Settings;

public sealed class SettingsChangeTests
{
    [Theory]
    // At its place; comments, order, blanks and other mistakes stay.
    [InlineData("# c\n\nname = old\ndns = x\n; d\n", "name=new", "# c\n\nname = new\ndns = x\n; d\n")]
    // Where the sample shows it, once.
    [InlineData("# name = attic\n# mesh_name = home\n", "mesh_name=mine", "# name = attic\nmesh_name = mine\n")]
    // At the end when it is nowhere.
    [InlineData("name = a\n", "proxy=on", "name = a\nproxy = on\n")]
    [InlineData("name = a", "proxy=on", "name = a\nproxy = on\n")]
    [InlineData("", "proxy=on\nname=b", "proxy = on\nname = b\n")]
    // Line ends as they were.
    [InlineData("name = a\r\n# x\r\n", "name=b", "name = b\r\n# x\r\n")]
    // Taken back: the sample's line stays, no secret in a comment.
    [InlineData("mesh_passphrase = correct horse\nname = a\n", "mesh_passphrase=", "# mesh_passphrase = the same long sentence on every board\nname = a\n")]
    [InlineData("name = a\n", "proxy=", "name = a\n")]
    // Written twice: once from now on.
    [InlineData("name = a\nproxy = on\nNAME=b\n", "name=c", "name = c\nproxy = on\n")]
    // Blanks and quotes that the reader would take away.
    [InlineData("", "mesh_passphrase= blanks around \nname=a", "mesh_passphrase = \" blanks around \"\nname = a\n")]
    [InlineData("", "page_password=\"in quotes!\"", "page_password = \"\"in quotes!\"\"\n")]
    public void Apply_Order_ChangesNothingElse(string before, string orders, string after)
    {
        var result = Change(before, orders);
        Assert.Empty(result.Mistakes);
        Assert.Equal(after, Encoding.UTF8.GetString(result.Text!));
    }

    [Theory]
    [InlineData("  blanks  ")]
    [InlineData("\"quoted\"")]
    [InlineData("'quoted'")]
    [InlineData("# no comment")]
    [InlineData("a = b = c")]
    [InlineData("naïve ☕ 🐎")]
    public void Apply_Passphrase_IsReadBackAsItIs(string passphrase)
    {
        var result = SettingsChange.Apply("# mesh_passphrase = x\n"u8, [new SettingOrder("mesh_passphrase", passphrase)]);
        Assert.Equal(passphrase, SettingsReader.Read(result.Text).Settings.MeshPassphrase);
    }

    [Fact]
    public void Apply_RepeatedKey_GetsTheValuesOfItsOrders()
    {
        const string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g ";
        var result = Change($"ssh_key = {key}a\nname = x\nssh_key = {key}b\n", $"ssh_key={key}c\nssh_key={key}d");
        Assert.Equal($"ssh_key = {key}c\nssh_key = {key}d\nname = x\n", Encoding.UTF8.GetString(result.Text!));
    }

    [Fact]
    public void Apply_Utf16_IsUtf8FromNowOn()
        => Assert.Equal("name = a\r\nproxy = on\r\n", Encoding.UTF8.GetString(SettingsChange.Apply([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("name = a\r\n")], [new SettingOrder("proxy", "on")]).Text!));

    [Theory]
    [InlineData("", "name=a b", "name", "which holds more than")]
    [InlineData("", "mesh_passphrase=short", "mesh_passphrase", "has 5 characters")]
    [InlineData("", "name=a\nname=b", "name", "stands on line")]
    [InlineData("", "address=10.0.0.1/24", "address", "is only read with")]
    [InlineData("network = static\naddress = 10.0.0.1/24\n", "address=", "network", "there is no address")]
    [InlineData("a\0b", "name=b", "", "zero bytes")]
    public void Apply_WhatTheReaderRefuses_ChangesNothing(string before, string orders, string key, string cause)
    {
        var result = Change(before, orders);
        Assert.Null(result.Text);
        var mistake = Assert.Single(result.Mistakes);
        Assert.Equal(key, mistake.Key);
        Assert.Contains(cause, mistake.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("correct\nssh_key = x")]
    [InlineData("correct\u2028ssh_key = x")]
    [InlineData("correct\u0085ssh_key = x")]
    [InlineData("correct\0horse")]
    public void Apply_ValueThatWouldBeALineOfItsOwn_IsRefused(string value)
    {
        var result = SettingsChange.Apply(""u8, [new SettingOrder("mesh_passphrase", value)]);
        Assert.Null(result.Text);
        Assert.DoesNotContain("correct", Assert.Single(result.Mistakes).Cause, StringComparison.Ordinal);
    }

    // Written as UTF-8 it would come back as another one.
    [Fact]
    public void Apply_HalfOfACharacter_IsRefused() => Assert.Null(SettingsChange.Apply(""u8, [new SettingOrder("mesh_passphrase", "correct horse" + (char)0xD83D)]).Text);

    [Fact]
    public void ReadOrders_WhatIsNone_IsNamedWithoutItsText()
    {
        var (orders, mistakes) = SettingsChange.ReadOrders("# c\n\nNAME=a\ncorrect horse\n=x\nnmae=b\n"u8);
        Assert.Equal([new SettingOrder("name", "a")], orders);
        Assert.Equal([(4, "this is not KEY=VALUE"), (5, "this is not KEY=VALUE"), (6, "unknown key \"nmae\"")], mistakes.Select(m => (m.Line, m.Cause)));
        Assert.Equal("did you mean \"name\"?", mistakes[2].Remedy);
    }

    private static SettingsChangeResult Change(string before, string orders)
    {
        var (read, mistakes) = SettingsChange.ReadOrders(Encoding.UTF8.GetBytes(orders));
        Assert.Empty(mistakes);
        return SettingsChange.Apply(Encoding.UTF8.GetBytes(before), read);
    }
}
