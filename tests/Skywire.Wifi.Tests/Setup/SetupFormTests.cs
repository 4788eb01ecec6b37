using System.Text;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupFormTests
{
    [Fact]
    public void Read_GoodNewMesh_IsTheAnswers()
    {
        var (form, answers) = SetupForm.Read(SetupSamples.Fields(("name", " attic "), ("mesh_name", "home ")));
        Assert.Empty(form.Errors);
        Assert.Equal(new SetupAnswers { Name = "attic", Country = "DE", MeshName = "home", MeshPassphrase = "correct horse battery" }, answers);
    }

    [Fact]
    public void Read_MeshHeard_TakesItsName() => Assert.Equal("attic.mesh", SetupForm.Read(SetupSamples.Fields(("mesh", "join:attic.mesh"), ("mesh_name", "left over"))).Answers!.MeshName);

    [Fact]
    public void Read_NoName_LeavesTheBoardsOwn() => Assert.Equal("", SetupForm.Read(SetupSamples.Fields(("name", ""))).Answers!.Name);

    [Theory]
    [InlineData("name", "my board", "name", "The name is \"my board\", which holds more than letters, digits and inner dashes.")]
    [InlineData("country", "", "country", "Choose the country the board stands in.")]
    [InlineData("country", "XX", "country", "Choose the country the board stands in.")]
    [InlineData("country", "de", "country", "Choose the country the board stands in.")]
    [InlineData("mesh", "", "mesh", "Choose a mesh to join, or a new one.")]
    [InlineData("mesh", "join:", "mesh", "Give the mesh a name.")]
    [InlineData("mesh", "join:a b", "mesh", "The name of the mesh is \"a b\", which holds more than letters, digits, '-', '_' and '.'.")]
    [InlineData("mesh_name", "", "mesh_name", "Give the mesh a name.")]
    [InlineData("mesh_name", "123456789012345678901234567890123", "mesh_name", "The name of the mesh has 33 characters, more than 32.")]
    [InlineData("passphrase", "", "passphrase", "Type the passphrase of the mesh.")]
    [InlineData("passphrase", "short", "passphrase", "The passphrase has 5 characters, fewer than 8.")]
    [InlineData("passphrase", "new\nline = inside", "passphrase", "The passphrase holds a control character.")]
    public void Read_BadField_SaysWhatIsWrongBesideIt(string field, string value, string errorField, string error)
    {
        var (form, answers) = SetupForm.Read(SetupSamples.Fields((field, value)));
        Assert.Null(answers);
        Assert.Equal(error, Assert.Single(form.Errors, e => e.Key == errorField).Value);
        Assert.Single(form.Errors);
    }

    [Fact]
    public void Read_Nothing_NamesEveryRequiredField() => Assert.Equal(["country", "mesh", "passphrase"], SetupForm.Read(new Dictionary<string, string>()).Form.Errors.Keys.Order());

    [Fact]
    public void Read_AnyError_KeepsWhatWasTypedButThePassphrase()
    {
        var (form, _) = SetupForm.Read(SetupSamples.Fields(("passphrase", "secret!")));
        Assert.Equal(("attic", "DE", "new", "home"), (form.Name, form.Country, form.Mesh, form.MeshName));
        Assert.DoesNotContain("secret!", form.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_ToString_HidesThePassphrase() => Assert.DoesNotContain("correct", SetupForm.Read(SetupSamples.Fields()).Answers!.ToString(), StringComparison.Ordinal);

    [Fact]
    public void Changes_Answers_AreSettingsWithoutWhatWasLeftEmpty()
    {
        var answers = SetupForm.Read(SetupSamples.Fields()).Answers!;
        Assert.Equal([("name", "attic"), ("wifi_country", "DE"), ("mesh_name", "home"), ("mesh_passphrase", "correct horse battery")], SettingsOrderSink.Changes(answers));
        Assert.Equal(["wifi_country", "mesh_name", "mesh_passphrase"], SettingsOrderSink.Changes(answers with { Name = "" }).Select(c => c.Key));
    }

    [Theory]
    [InlineData("a=1&b=2", "a:1 b:2")]
    [InlineData("a=x+y%20z", "a:x y z")]
    [InlineData("a=%C3%A4&", "a:ä")]
    [InlineData("a=1&a=2", "a:1")]
    [InlineData("a=b=c", "a:b=c")]
    [InlineData("a=%FF", "a:\uFFFD")]
    [InlineData("a", null)]
    [InlineData("a=%", null)]
    [InlineData("a=%4", null)]
    [InlineData("a=%G0", null)]
    public void Parse_Body_IsFields(string body, string? expected)
        => Assert.Equal(expected, FormBody.Parse(Encoding.UTF8.GetBytes(body)) is { } fields ? string.Join(' ', fields.Select(f => $"{f.Key}:{f.Value}")) : null);

    [Fact]
    public void Parse_TooManyFields_IsNone() => Assert.Null(FormBody.Parse(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a=1&", 33)))));

    [Fact]
    public void From_Heard_OffersWhatCanBeJoined()
    {
        var choices = MeshChoice.From(
        [
            SetupSamples.Mesh("far", -82), SetupSamples.Mesh("home", -70), SetupSamples.Mesh("home", -55, "02:00:00:00:00:02"),
            SetupSamples.Mesh("<script>"), SetupSamples.Mesh("open") with { IsSecured = false }, SetupSamples.Mesh("phones") with { Type = InterfaceType.AccessPoint },
            SetupSamples.Mesh("tree", -60) with { Type = InterfaceType.AccessPoint, Tree = new TreeMark("02:00:00:00:00:09", 0, 1) },
        ]);
        Assert.Equal([new MeshChoice("home", -55, 2), new MeshChoice("tree", -60, 1), new MeshChoice("far", -82, 1)], choices);
        Assert.Equal(["strong", "strong", "weak"], choices.Select(c => c.Strength));
    }

    [Fact]
    public void Countries_List_IsComplete()
    {
        Assert.InRange(Countries.All.Count, 240, 250);
        Assert.All(Countries.All, c => Assert.Matches("^[A-Z]{2}$", c.Code));
        Assert.Equal("Germany", Countries.Names["DE"]);
    }
}
