using Skywire.Testing;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Tests.Running;

public sealed class SettingsOrderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Give_Changes_AreLinesOnlyTheirOwnerReads()
    {
        var order = new SettingsOrder(_folder.Path);
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
        Assert.Throws<ArgumentException>(() => new SettingsOrder(_folder.Path).Give([("mesh_name", "a\nservices=public")]));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Answer_OfAnOrderBefore_IsForgottenWithTheNext()
    {
        var order = new SettingsOrder(_folder.Path);
        Assert.Null(order.Answer());
        _folder.Write(SettingsOrder.AnswerName, """{"ok":false,"mistakes":[{"line":1,"key":"mesh_name","cause":"is empty","remedy":"give one"},null]}""");
        var answer = order.Answer()!;
        Assert.Equal((false, new SettingsAnswerMistake("mesh_name", "is empty", "give one")), (answer.Ok, answer.Mistakes![0]));
        order.Give([("mesh_name", "home")]);
        Assert.Null(order.Answer());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"ok":tr""")]
    [InlineData("""{"ok":true,"mistakes":7}""")]
    public void Answer_ThatIsNone_IsNull(string content)
    {
        _folder.Write(SettingsOrder.AnswerName, content);
        Assert.Null(new SettingsOrder(_folder.Path).Answer());
    }

    [Fact]
    public void Answer_TooLong_IsNotRead()
    {
        _folder.Write(SettingsOrder.AnswerName, $$"""{"ok":true,"mistakes":[{"key":"{{new string('a', 64 * 1024)}}"}]}""");
        Assert.Null(new SettingsOrder(_folder.Path).Answer());
    }
}
