// One node of the air: a network namespace with a radio of its own, and a wifi service as a board has it. Pure: names and texts.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>A node by its number, from 1. Everything that must not be shared with another follows from it.</summary>
internal sealed record WifiNode(int Number)
{
    /// <summary>Where the check keeps its files inside the board.</summary>
    public const string CheckFolder = "/run/check";

    /// <summary>Its network namespace.</summary>
    public string Namespace => string.Create(CultureInfo.InvariantCulture, $"n{Number}");

    /// <summary>Folder of its settings.</summary>
    public string Folder => $"{CheckFolder}/{Namespace}";

    /// <summary>What the wifi service reads.</summary>
    public string Settings => $"{Folder}/wifi.json";

    /// <summary>What the service writes.</summary>
    public string RunFolder => $"/run/{Service}";

    /// <summary>Name of its wifi service, without ".service".</summary>
    public string Service => $"skyminer-wifi-{Namespace}";

    /// <summary>Name of the template of its wpa_supplicants, without "@.service".</summary>
    public string Supplicant => $"skyminer-wpa-{Namespace}";

    /// <summary>Its IPv4 address on the air.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"10.99.0.{Number}");

    /// <summary>The settings' text, as the board's settings command writes it.</summary>
    public static string SettingsText(string country, string passphrase, int channel) => new JsonObject
    {
        ["is_on"] = true,
        ["country"] = country,
        ["mesh_name"] = "check",
        ["passphrase"] = passphrase,
        ["channel"] = channel,
        ["client_name"] = "",
        ["client_passphrase"] = "",
        ["is_gateway"] = false,
        ["is_set"] = true,
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
}
