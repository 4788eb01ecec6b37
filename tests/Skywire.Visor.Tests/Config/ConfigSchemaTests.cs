using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skywire.Visor.Config;

namespace Skywire.Visor.Tests.Config;

public sealed class ConfigSchemaTests
{
    [Fact]
    public void Root_EveryKey_HasAPropertyAndTheOtherWayRound() => Compare(ConfigSchema.Root, typeof(VisorConfig), "");

    [Fact]
    public void Root_EveryExample_PassesItsOwnCheck() => Walk(ConfigSchema.Root, "");

    [Fact]
    public void Describe_Document_IsUpToDate()
    {
        var path = Path.Combine(Skywire.Testing.Vectors.Folder, "..", "..", "docs", "configuration.md");
        if (Environment.GetEnvironmentVariable("SKYWIRE_UPDATE_DOCS") == "1")
        {
            var text = File.ReadAllText(path);
            File.WriteAllText(path, text[..text.IndexOf("## The file", StringComparison.Ordinal)] + ConfigSchema.Describe().TrimEnd() + "\n");
        }

        Assert.EndsWith(ConfigSchema.Describe().TrimEnd(), File.ReadAllText(path).TrimEnd(), StringComparison.Ordinal);
    }

    private static void Compare(SectionNode section, Type type, string path)
    {
        var info = ConfigJson.Default.GetTypeInfo(type)!;
        Assert.Equal(info.Properties.Select(p => p.Name).Order(), section.Members.Select(m => m.Name).Order());
        foreach (var member in section.Members)
        {
            var property = info.Properties.Single(p => p.Name == member.Name).PropertyType;
            var node = member.Node is ListNode list ? list.Element : member.Node;
            if (node is SectionNode inner)
            {
                Compare(inner, member.Node is ListNode ? property.GetGenericArguments()[0] : property, $"{path}.{member.Name}");
            }
        }
    }

    private static void Walk(SchemaNode node, string path)
    {
        var problems = new List<ConfigurationProblem>();
        using var document = JsonDocument.Parse(node.Example);
        if (node is SectionNode section)
        {
            foreach (var member in section.Members)
            {
                Walk(member.Node, $"{path}.{member.Name}");
            }

            return;
        }

        if (node is ListNode list)
        {
            Walk(list.Element, path + "[]");
            return;
        }

        node.Check(document.RootElement, path, problems);
        Assert.Empty(problems);
    }
}
