// What the nodes' wifi services say, all of one moment. Pure: the output of one command in, reports out.
using System.Globalization;
using System.Text.Json;
using Skywire.Wifi.Running;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Reports by node; a node whose service has written none is missing. <paramref name="Now"/> is the board's clock.</summary>
internal sealed record NodeStatus(DateTimeOffset Now, IReadOnlyDictionary<int, WifiReport> Reports)
{
    private const string Mark = "-- ";

    /// <summary>Reads what <c>ground.sh status</c> prints. A report that is being replaced or broken counts as missing.</summary>
    public static NodeStatus Parse(string output)
    {
        var now = DateTimeOffset.UnixEpoch;
        var reports = new Dictionary<int, WifiReport>();
        foreach (var section in ("\n" + output).Split("\n" + Mark).Skip(1))
        {
            var lines = section.Split('\n', 2);
            var (head, body) = (lines[0].Trim(), lines.Length > 1 ? lines[1].Trim() : "");
            if (head == "now" && double.TryParse(body, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            {
                now = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
            }
            else if (int.TryParse(head, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Read(body) is { } report)
            {
                reports[number] = report;
            }
        }

        return new NodeStatus(now, reports);
    }

    /// <summary>Neighbours of a node that are linked and proved the passphrase; of a mesh, those whose peering stands.</summary>
    public int Links(int node) => Reports.GetValueOrDefault(node) is { } report
        ? report.Radios.Where(r => r.State == "joined").Sum(r => r.Neighbours.Count(n => n.IsAuthorized && (r.Mode != "mesh" || n.Peering == "established")))
        : 0;

    /// <summary>The node is linked to exactly so many others, and said so after <paramref name="since"/>.</summary>
    public bool IsJoined(int node, int links, DateTimeOffset since) => Reports.GetValueOrDefault(node) is { State: "joined" } report && report.At >= since && Links(node) == links;

    /// <summary>A node's state in a few words, for a failure.</summary>
    public string Describe(int node) => Reports.GetValueOrDefault(node) is { } report
        ? $"node {node}: {report.State}, {Links(node)} links ({(report.Radios is [var radio, ..] ? $"{radio.State}: {radio.Reason}" : report.Reason)})"
        : $"node {node}: its service says nothing";

    private static WifiReport? Read(string text)
    {
        try
        {
            return text.Length > 0 ? JsonSerializer.Deserialize(text, WifiJson.Default.WifiReport) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
