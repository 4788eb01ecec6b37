using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Tests.Emulation;

public sealed class BoardSettingsTests
{
    [Fact]
    public void Text_Pairs_AreLinesInTheirOrder()
        => Assert.EndsWith("\nname = tested\nssh_key = ssh-ed25519 AAAA x\nssh_key = ssh-ed25519 BBBB y\n", BoardSettings.Text([("name", "tested"), ("ssh_key", "ssh-ed25519 AAAA x"), ("ssh_key", "ssh-ed25519 BBBB y")]), StringComparison.Ordinal);

    [Theory]
    [InlineData("name", "two\nlines")]
    [InlineData("na=me", "x")]
    [InlineData("#name", "x")]
    public void Text_WhatOneLineCannotSay_IsRefused(string key, string value) => Assert.Throws<ArgumentException>(() => BoardSettings.Text([(key, value)]));
}
