namespace Skywire.Workbench.Tests.Flashing;

public sealed class SettingsFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("name = attic\nservices = box\n", "name = box-7\nservices = box\n")]
    [InlineData("services = box", "services = box\nname = box-7\n")]
    [InlineData("# name = attic\nmesh_name = home\n", "# name = attic\nmesh_name = home\nname = box-7\n")]
    [InlineData("  name=attic\r\n", "name = box-7\n")]
    public void Named_AnyText_HasTheNameOnce(string text, string expected) => Assert.Equal(expected, new SettingsFile("x", text).Named("box-{n}", 7).Text);

    [Fact]
    public void Load_AnImageByMistake_IsRefused() => Assert.Contains("no settings file", Assert.Throws<WorkbenchException>(() => SettingsFile.Load(_folder.Write("x.img", new byte[70_000]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_NoFile_SaysHowToGetOne() => Assert.Contains("settings sample", Assert.Throws<WorkbenchException>(() => SettingsFile.Load(_folder.File("none"))).Remedy, StringComparison.Ordinal);
}
