// What the lab consists of: addresses, ports, folders. Written to a file, so that every command sees the same lab.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skywire.Workbench.Lab;

/// <summary>One board of the lab.</summary>
internal sealed record BoardPlan(string Name, string Address, string? Namespace, string Folder, int PagePort)
{
    /// <summary>Configuration of the visor.</summary>
    [JsonIgnore]
    public string Config => Path.Combine(Folder, "skywire.json");

    /// <summary>The visor's local API.</summary>
    [JsonIgnore]
    public string Socket => Path.Combine(Folder, "api.sock");

    /// <summary>Log of the process.</summary>
    [JsonIgnore]
    public string Log => Path.Combine(Folder, "visor.log");
}

/// <summary>The whole lab.</summary>
internal sealed record LabPlan
{
    /// <summary>Where the services listen.</summary>
    public required string ServicesAddress { get; init; }

    /// <summary>The boards, in the order of the path.</summary>
    public required IReadOnlyList<BoardPlan> Boards { get; init; }

    /// <summary>True when each board has a network namespace of its own.</summary>
    public required bool Namespaces { get; init; }

    /// <summary>Local SOCKS5 port on this machine.</summary>
    public int ProxyPort { get; init; } = 1080;

    /// <summary>A second SOCKS5 port, inside board A only, that leaves through B: one hop, for comparison.</summary>
    [JsonIgnore]
    public int OneHopProxyPort => ProxyPort + 100;

    /// <summary>The program under test.</summary>
    public required string Program { get; init; }

    /// <summary>Folder of the lab.</summary>
    [JsonIgnore]
    public static string Folder => Path.Combine(Checkout.State, "lab");

    /// <summary>The services' folder.</summary>
    [JsonIgnore]
    public static string ServicesFolder => Path.Combine(Folder, "services");

    private static string File => Path.Combine(Folder, "plan.json");

    /// <summary>A board by its name, any case; an unknown one names those there are.</summary>
    public BoardPlan Board(string name) => Boards.FirstOrDefault(b => string.Equals(b.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new WorkbenchException($"no board named {name}", "boards: " + string.Join(", ", Boards.Select(b => b.Name)));

    /// <summary>Plans the lab: namespaces for root, loopback addresses otherwise.</summary>
    public static LabPlan Create(string program, bool namespaces, int proxyPort, int pagePort)
    {
        string[] names = ["A", "B", "C"];
        return new LabPlan
        {
            Program = program,
            Namespaces = namespaces,
            ProxyPort = proxyPort,
            ServicesAddress = namespaces ? LabNetwork.ServicesAddress : "127.0.0.1",
            Boards = [.. names.Select((name, i) => new BoardPlan(
                name,
                namespaces ? $"{LabNetwork.Prefix}.{11 + i}" : $"127.0.0.{11 + i}",
                namespaces ? $"{LabNetwork.Namespace}-{name.ToLowerInvariant()}" : null,
                Path.Combine(Folder, name.ToLowerInvariant()),
                pagePort + i))],
        };
    }

    /// <summary>Writes the plan.</summary>
    public void Save()
    {
        Directory.CreateDirectory(Folder);
        System.IO.File.WriteAllText(File, JsonSerializer.Serialize(this, LabJson.Default.LabPlan));
    }

    /// <summary>The plan of the running lab; null when there is none.</summary>
    public static LabPlan? Load() => System.IO.File.Exists(File) ? JsonSerializer.Deserialize(System.IO.File.ReadAllText(File), LabJson.Default.LabPlan) : null;

    /// <summary>The plan of the running lab, or an error that says how to start one.</summary>
    public static LabPlan Require() => Load() is { } plan && Supervisor.RunningPid() is not null ? plan : throw new WorkbenchException("no lab is running", "start one: tools/skyminer up --detach");
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LabPlan))]
internal sealed partial class LabJson : JsonSerializerContext;
