using Skywire.Testing;
using Skywire.Visor.Wifi;

namespace Skywire.Visor.Tests.Wifi;

public sealed class SettingsOrderFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Give_Changes_AreLinesOnlyTheirOwnerReads()
    {
        var order = new SettingsOrderFile(_folder.Path);
        Assert.False(order.IsWaiting);
        order.Give([("mesh_name", "home"), ("mesh_passphrase", "three = words")]);
        Assert.True(order.IsWaiting);
        Assert.Equal("mesh_name=home\nmesh_passphrase=three = words\n", _folder.Read("settings-order"));
        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(_folder.File("settings-order")), 8));
        order.Revoke();
        Assert.False(order.IsWaiting);
        order.Revoke();
    }

    [Fact]
    public void Give_ValueOfTwoLines_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new SettingsOrderFile(_folder.Path).Give([("mesh_name", "a\nservices=public")]));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }
}
