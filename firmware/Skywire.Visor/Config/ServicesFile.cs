// The configuration file of `skywire services run`; every key is also an option of the command.
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Crypto;
using Skywire.Services;

namespace Skywire.Visor.Config;

/// <summary>Which services run here and how. Relative paths are relative to the folder of the file.</summary>
internal sealed record ServicesFile
{
    /// <summary>The format the file was written in.</summary>
    public int SchemaVersion { get; set; } = VisorConfig.CurrentSchema;

    /// <summary>Keys and store.</summary>
    public string DataFolder { get; set; } = "services";

    /// <summary>Address to listen on.</summary>
    public string Bind { get; set; } = "0.0.0.0";

    /// <summary>Services to run; empty means all.</summary>
    public IReadOnlyList<string> Only { get; set; } = [];

    /// <summary>Ports that differ from the usual ones, by service.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; set; } = new Dictionary<string, int>();

    /// <summary>host:port under which clients reach the dmsg server; null: the bind address.</summary>
    public string? DmsgAddress { get; set; }

    /// <summary>The dmsg discovery, when it runs elsewhere.</summary>
    public string? DmsgDiscovery { get; set; }

    /// <summary>A closed network: private and loopback addresses are as good as public ones.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>Keep the store in memory only.</summary>
    public bool Memory { get; set; }

    /// <summary>Take the caller's address from a reverse proxy's headers.</summary>
    public bool BehindProxy { get; set; }

    /// <summary>Keys of monitors that may deregister.</summary>
    public IReadOnlyList<PubKey> Monitors { get; set; } = [];

    /// <summary>Least level written to the log.</summary>
    public string LogLevel { get; set; } = "information";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, Converters = [typeof(PubKeyConverter)])]
[JsonSerializable(typeof(ServicesFile))]
internal sealed partial class ServicesJson : JsonSerializerContext;

internal static class ServicesSchema
{
    private static readonly FlagNode Flag = new();
    private static readonly TextNode Kind = new("a service (" + string.Join(", ", KindNames) + ")", "dmsg_discovery", static text => KindOf(text) is null ? $"is \"{text}\"{Near(text)}" : null);

    /// <summary>Names of the services.</summary>
    public static IReadOnlyList<string> KindNames => [.. Enum.GetValues<ServiceKind>().Select(NameOf)];

    /// <summary>The whole file.</summary>
    public static SectionNode Root { get; } = new(
        new("schema_version", new NumberNode("the version of the format,", VisorConfig.CurrentSchema, VisorConfig.CurrentSchema, VisorConfig.CurrentSchema), "Version of this format.", Required: true),
        new("data_folder", new TextNode("a path", "services", ValueRules.NotEmpty), "Folder of the store and of the keys, which are made when they are missing."),
        new("bind", new TextNode("an IP address", "0.0.0.0", static text => System.Net.IPAddress.TryParse(text, out _) ? null : $"is \"{text}\""), "Address to listen on."),
        new("only", new ListNode("services", Kind), "Services to run; empty or missing means all."),
        new("ports", new TableNode("ports by service", Kind, new NumberNode("a port", 1, 65535, 9090)), "Ports that differ from the usual ones."),
        new("dmsg_address", new TextNode("host:port", "203.0.113.1:8081", ValueRules.Address), "Where clients reach the dmsg server; missing: the bind address.", Nullable: true),
        new("dmsg_discovery", new TextNode("an http or https URL", "http://203.0.113.1:9090", ValueRules.Url), "The dmsg discovery, when it runs elsewhere.", Nullable: true),
        new("allow_private", Flag, "A closed network: private and loopback addresses are as good as public ones."),
        new("memory", Flag, "Keep everything in memory; told again after a restart."),
        new("behind_proxy", Flag, "Take the caller's address from X-Real-IP or X-Forwarded-For. Only behind a proxy that sets them."),
        new("monitors", new ListNode("public keys", new TextNode("a public key of 66 hex digits", ConfigSchema.SampleKey, ValueRules.Key)), "Monitors that may deregister."),
        new("log_level", new TextNode("a level (" + string.Join(", ", ConfigSchema.LogLevels) + ")", "information", static text => ConfigSchema.LogLevels.Contains(text) ? null : $"is \"{text}\""), "Least level written."));

    /// <summary>Reads a file. Throws <see cref="ConfigurationException"/>.</summary>
    public static ServicesFile Load(string file)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(file, "", "cannot be read: " + e.Message, "", "check the file name and its permissions");
        }

        ConfigLoader.CheckText(file, content, Root);
        return JsonSerializer.Deserialize(content, ServicesJson.Default.ServicesFile)!;
    }

    /// <summary>A service by name, with '-' as good as '_'; null when there is none.</summary>
    public static ServiceKind? KindOf(string text)
    {
        var name = text.Replace('-', '_');
        foreach (var kind in Enum.GetValues<ServiceKind>())
        {
            if (NameOf(kind) == name)
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>The name of a service.</summary>
    public static string NameOf(ServiceKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private static string Near(string text) => NearestName.Find(text, KindNames) is { } near ? $" (did you mean \"{near}\"?)" : "";
}
