// Settings of visors in the nodes' namespaces, as an operator would write them. Pure.
using System.Globalization;
using System.Text.Json.Nodes;
using Skywire.Workbench.Lab;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Makes settings.</summary>
internal static class VisorConfigs
{
    /// <summary>Local SOCKS5 port of a node's client.</summary>
    public const int ProxyPort = 1080;

    /// <summary>Name of the client.</summary>
    public const string Client = "skysocks-client";

    /// <summary>Type of the links whose addresses are given.</summary>
    public const string LinkType = "stcp";

    /// <summary>Where nodes find the services of the comparison.</summary>
    public const string ServicesAddress = "10.98.0.254";

    private const int LinkPort = 7777;

    /// <summary>Nothing but a secret: who else is there, and who serves, is found on the air. <paramref name="server"/>: whose proxy this node's client uses; null for no client.</summary>
    public static JsonObject Box(WifiNode node, string? server) => new()
    {
        ["schema_version"] = 1,
        ["name"] = node.Namespace,
        ["box"] = new JsonObject { ["mesh_name"] = "check" },
        ["api"] = Api(node),
        ["apps"] = Apps(server),
    };

    /// <summary>
    /// Services at a place of their own and links only to the neighbours in the line, by addresses on the air: what is carried goes over the radios, and which way, is decided by the links that there are.
    /// </summary>
    public static JsonObject Line(WifiNode node, IReadOnlyDictionary<int, string> keys, string setupNode, string? server)
    {
        var table = new JsonObject();
        foreach (var (number, key) in keys.Where(k => k.Key != node.Number))
        {
            table[key] = string.Create(CultureInfo.InvariantCulture, $"{new WifiNode(number).Address}:{LinkPort}");
        }

        return new JsonObject
        {
            ["schema_version"] = 1,
            ["name"] = node.Namespace,
            ["services"] = LabConfig.Services(ServicesAddress, setupNode),
            ["dmsg"] = new JsonObject { ["min_sessions"] = 1 },
            ["transport"] = new JsonObject
            {
                ["stcp"] = new JsonObject { ["listen"] = string.Create(CultureInfo.InvariantCulture, $"0.0.0.0:{LinkPort}"), ["table"] = table },
                ["persistent"] = keys.TryGetValue(node.Number + 1, out var next) ? new JsonArray(new JsonObject { ["key"] = next, ["type"] = LinkType }) : new JsonArray(),
            },
            ["api"] = Api(node),
            ["apps"] = Apps(server),
        };
    }

    private static JsonObject Api(WifiNode node) => new() { ["socket"] = $"{node.Folder}/visor/api.sock", ["listen"] = null };

    private static JsonArray Apps(string? server) => server is null
        ? [new JsonObject { ["name"] = "skysocks", ["kind"] = "skysocks", ["port"] = 3, ["auto_start"] = true }]
        :
        [
            new JsonObject
            {
                ["name"] = Client,
                ["kind"] = Client,
                ["port"] = 13,
                ["auto_start"] = true,
                ["settings"] = new JsonObject { ["server"] = server, ["listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ProxyPort}") },
            },
        ];
}
