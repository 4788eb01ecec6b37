// Keys and settings of the lab: keys are made by the product's own command, settings are what an operator would write.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skywire.Workbench.Lab;

/// <summary>Writes what each process of the lab reads.</summary>
internal static class LabConfig
{
    private const int StcprPort = 7770;

    /// <summary>Arguments of the services' process.</summary>
    public static IReadOnlyList<string> ServicesArguments(LabPlan plan) =>
    [
        "services", "run", "--data", LabPlan.ServicesFolder, "--bind", plan.ServicesAddress, "--dmsg-address", $"{plan.ServicesAddress}:8081", "--allow-private",
    ];

    /// <summary>Makes keys where there are none and writes every configuration anew.</summary>
    public static async Task WriteAsync(LabPlan plan, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(LabPlan.ServicesFolder);
        var setupNode = await KeyAsync(plan, Path.Combine(LabPlan.ServicesFolder, "setup-node.key"), cancellationToken);
        var keys = new List<string>();
        foreach (var board in plan.Boards)
        {
            Directory.CreateDirectory(board.Folder);
            keys.Add(await KeyAsync(plan, Path.Combine(board.Folder, "visor.key"), cancellationToken));
        }

        for (var i = 0; i < plan.Boards.Count; i++)
        {
            var next = i + 1 < plan.Boards.Count ? keys[i + 1] : null;
            var text = Visor(plan, i, setupNode, next, keys).ToJsonString(new JsonSerializerOptions { WriteIndented = true });
            await File.WriteAllTextAsync(plan.Boards[i].Config, text, cancellationToken);
        }
    }

    private static JsonObject Visor(LabPlan plan, int index, string setupNode, string? next, List<string> keys)
    {
        var board = plan.Boards[index];
        var apps = new JsonArray();
        void AddClient(string name, int port, string server, int listen) => apps.Add(new JsonObject
        {
            ["name"] = name,
            ["kind"] = "skysocks-client",
            ["port"] = port,
            ["auto_start"] = true,
            ["settings"] = new JsonObject { ["server"] = server, ["listen"] = $"127.0.0.1:{listen}" },
        });
        if (index == 0)
        {
            AddClient("skysocks-client", 13, keys[^1], plan.ProxyPort);
            AddClient("skysocks-client-one-hop", 14, keys[1], plan.OneHopProxyPort);
        }
        else
        {
            apps.Add(new JsonObject { ["name"] = "skysocks", ["kind"] = "skysocks", ["port"] = 3, ["auto_start"] = true });
        }

        return new JsonObject
        {
            ["schema_version"] = 1,
            ["name"] = board.Name,
            ["key_file"] = "visor.key",
            ["data_folder"] = "data",
            ["services"] = Services(plan.ServicesAddress, setupNode),
            ["dmsg"] = new JsonObject { ["min_sessions"] = 1 },
            ["transport"] = new JsonObject
            {
                // Without namespaces all boards share the loopback: one address, a port each.
                ["stcpr"] = new JsonObject { ["listen"] = plan.Namespaces ? $"0.0.0.0:{StcprPort}" : $"127.0.0.1:{StcprPort + index}", ["allow_private"] = true },
                ["persistent"] = next is null ? new JsonArray() : new JsonArray(new JsonObject { ["key"] = next, ["type"] = "stcpr" }),
            },
            ["apps"] = apps,
            ["logging"] = new JsonObject { ["level"] = Environment.GetEnvironmentVariable("SKYMINER_LOG_LEVEL") ?? "information" },
            ["api"] = new JsonObject { ["socket"] = board.Socket, ["listen"] = $"127.0.0.1:{board.PagePort}" },
        };
    }

    /// <summary>Settings of a visor whose network has all its services at one address, on the ports of <c>skywire services run</c>.</summary>
    internal static JsonObject Services(string address, string setupNode)
    {
        string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://{address}:{port}");
        return new JsonObject
        {
            ["dmsg_discovery"] = Url(9090),
            ["transport_discovery"] = Url(9091),
            ["route_finder"] = Url(9092),
            ["address_resolver"] = Url(9093),
            ["uptime_tracker"] = Url(9096),
            ["service_discovery"] = Url(9098),
            ["route_setup_nodes"] = new JsonArray(setupNode),
        };
    }

    private static async Task<string> KeyAsync(LabPlan plan, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            await Shell.RequireAsync(plan.Program, ["key", "gen", file], cancellationToken);
        }

        var shown = await Shell.RequireAsync(plan.Program, ["key", "show", file, "--json"], cancellationToken);
        return JsonDocument.Parse(shown).RootElement.GetProperty("public_key").GetString()!;
    }
}
