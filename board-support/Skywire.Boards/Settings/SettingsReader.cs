// Parses skyminer.conf. Never throws; every mistake is reported at once, and what a line spoils keeps its default.
using System.Net;
using Skywire.Visor.Config;

namespace Skywire.Boards.Settings;

/// <summary>Reads settings.</summary>
public static class SettingsReader
{
    // A file that is no settings file at all must not fill the card with mistakes.
    private const int MaxMistakes = 50;

    // Who wrote one of these wrong meant something else than the default: the board then waits for a person.
    private static readonly string[] Careful = [SettingKeys.Update, SettingKeys.UpdateAutomatic, SettingKeys.UpdateWindow];

    /// <summary>Reads the content of a settings file.</summary>
    public static SettingsReading Read(ReadOnlySpan<byte> content)
    {
        var (lines, fault) = SettingsText.Decode(content);
        if (fault is not null)
        {
            return new SettingsReading(new BoardSettings { IsMeshSpoiled = true }, [new SettingsMistake(0, "", fault, "write it anew from the sample: \"skywire board settings sample\"")]);
        }

        var sheet = new Sheet();
        for (var i = 0; i < lines.Length; i++)
        {
            ReadLine(lines[i], i + 1, sheet);
        }

        var settings = Build(sheet);
        var mistakes = sheet.Mistakes.OrderBy(m => m.Line).ToList();
        if (mistakes.Count > MaxMistakes)
        {
            mistakes = [.. mistakes.Take(MaxMistakes), new SettingsMistake(0, "", $"{mistakes.Count - MaxMistakes} more mistakes are not shown", "mend these first")];
        }

        return new SettingsReading(settings, mistakes);
    }

    private static void ReadLine(string line, int number, Sheet sheet)
    {
        var text = line.Trim();
        if (text.Length == 0 || text[0] is '#' or ';')
        {
            return;
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            // The line may be a secret whose key was lost: it is not repeated.
            sheet.Mistakes.Add(new(number, "", "this line is not \"key = value\"", "put a # in front of it if it is a comment"));
            return;
        }

        var name = text[..equals].Trim().ToLowerInvariant();
        var value = Unquote(text[(equals + 1)..].Trim());
        if (SettingKeys.Find(name) is not { } key)
        {
            var near = NearestName.Find(name, SettingKeys.All.Select(k => k.Name));
            sheet.Mistakes.Add(new(number, Shown(name), $"unknown key \"{Shown(name)}\"", near is null ? "known: " + string.Join(", ", SettingKeys.All.Select(k => k.Name)) : $"did you mean \"{near}\"?"));
            sheet.Spoiled.Add(near ?? "");
            return;
        }

        if (Fault(key, value) is { } fault)
        {
            sheet.Mistakes.Add(new(number, name, fault, $"expected {key.Expected}, for example: {name} = {key.Example}"));
            sheet.Spoiled.Add(name);
            return;
        }

        if (!key.Repeats && sheet.First(name) is { } before)
        {
            sheet.Mistakes.Add(new(number, name, $"stands on line {before.Line} already, which is used", "remove one of the two"));
            return;
        }

        sheet.Entries.Add((name, value, number));
    }

    private static string? Fault(SettingKey key, string value)
    {
        if (value.Length == 0)
        {
            return "has no value";
        }

        if (key.Rule(value) is not { } fault)
        {
            return null;
        }

        // The rules of secrets speak of lengths only; all others may quote the value.
        var isComment = !key.IsSecret && value.Contains(" #", StringComparison.Ordinal);
        return Shown(fault) + (isComment ? " (comments stand on lines of their own)" : "");
    }

    private static BoardSettings Build(Sheet sheet)
    {
        var network = Network(sheet);
        var services = sheet.Value(SettingKeys.Services).ToLowerInvariant() switch
        {
            "public" => ServiceChoice.Public,
            "both" => ServiceChoice.Both,
            "custom" => ServiceChoice.Custom,
            _ => ServiceChoice.Box,
        };
        var urls = SettingKeys.ServiceUrls.Where(k => sheet.First(k) is not null).ToDictionary(k => k, k => sheet.Value(k), StringComparer.Ordinal);
        if (services == ServiceChoice.Custom && urls.Count == 0 && !SettingKeys.ServiceUrls.Any(sheet.Spoiled.Contains))
        {
            sheet.Mistakes.Add(new(sheet.First(SettingKeys.Services)!.Value.Line, SettingKeys.Services, "is custom, but no service is named", $"add at least one, for example: {SettingKeys.ServiceUrls[0]} = http://192.0.2.1:9090"));
        }

        CheckDependencies(sheet);
        var (clientName, clientPassphrase) = ClientNetwork(sheet);
        return new BoardSettings
        {
            Name = sheet.Value(SettingKeys.Name).ToLowerInvariant(),
            SshKeys = sheet.Values(SettingKeys.SshKey),
            Network = network,
            WifiCountry = sheet.Value(SettingKeys.WifiCountry).ToUpperInvariant(),
            // Who meant to switch radios off and wrote it wrong shall not find them on.
            IsWifiOn = !sheet.Spoiled.Contains(SettingKeys.Wifi) && !string.Equals(sheet.Value(SettingKeys.Wifi), "off", StringComparison.OrdinalIgnoreCase),
            WifiChannel = int.TryParse(sheet.Value(SettingKeys.WifiChannel), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var channel) ? channel : 0,
            WifiClientName = clientName,
            WifiClientPassphrase = clientPassphrase,
            MeshName = sheet.First(SettingKeys.MeshName) is null ? BoardSettings.DefaultMeshName : sheet.Value(SettingKeys.MeshName),
            MeshPassphrase = sheet.Value(SettingKeys.MeshPassphrase),
            IsMeshSpoiled = sheet.Spoiled.Contains(SettingKeys.MeshPassphrase) || sheet.Spoiled.Contains(SettingKeys.MeshName),
            Services = services,
            ServiceUrls = services == ServiceChoice.Custom ? urls : new Dictionary<string, string>(),
            SetupNodes = services == ServiceChoice.Custom ? [.. sheet.Values(SettingKeys.SetupNode).Select(k => k.ToLowerInvariant())] : [],
            Proxy = sheet.First(SettingKeys.Proxy) is null ? null : string.Equals(sheet.Value(SettingKeys.Proxy), "on", StringComparison.OrdinalIgnoreCase),
            PagePassword = sheet.Value(SettingKeys.PagePassword),
            TimeZone = sheet.Value(SettingKeys.TimeZone),
            Update = sheet.First(SettingKeys.Update) is null ? "stable" : sheet.Value(SettingKeys.Update).ToLowerInvariant(),
            UpdateFeed = sheet.Value(SettingKeys.UpdateFeed),
            UpdateWindow = sheet.Value(SettingKeys.UpdateWindow).Replace(" ", "", StringComparison.Ordinal),
            UpdateRateLimit = sheet.First(SettingKeys.UpdateRateLimit) is { Value: var limit } ? int.Parse(limit, System.Globalization.CultureInfo.InvariantCulture) : 0,
            UpdateAutomatic = !sheet.Spoiled.Overlaps(Careful) && !string.Equals(sheet.Value(SettingKeys.UpdateAutomatic), "off", StringComparison.OrdinalIgnoreCase),
            TimeServers = SettingRules.Words(sheet.Value(SettingKeys.TimeServers)),
        };
    }

    // A network for guests is taken whole or not at all: one without a passphrase would be open to the street.
    private static (string Name, string Passphrase) ClientNetwork(Sheet sheet)
    {
        var (name, passphrase) = (sheet.First(SettingKeys.WifiClientName), sheet.First(SettingKeys.WifiClientPassphrase));
        if (name is { } given && passphrase is null && !sheet.Spoiled.Contains(SettingKeys.WifiClientPassphrase))
        {
            sheet.Mistakes.Add(new(given.Line, SettingKeys.WifiClientName, "has no passphrase; there is no such network", $"add a line, for example: {SettingKeys.WifiClientPassphrase} = {SettingKeys.Find(SettingKeys.WifiClientPassphrase)!.Example}"));
        }

        if (passphrase is { } alone && name is null && !sheet.Spoiled.Contains(SettingKeys.WifiClientName))
        {
            sheet.Mistakes.Add(new(alone.Line, SettingKeys.WifiClientPassphrase, $"is only read with \"{SettingKeys.WifiClientName}\"", $"add \"{SettingKeys.WifiClientName} = {SettingKeys.Find(SettingKeys.WifiClientName)!.Example}\", or remove this line"));
        }

        return name is null || passphrase is null ? ("", "") : (name.Value.Value, passphrase.Value.Value);
    }

    // A fixed address is taken whole or not at all: half of one leaves a board that nobody finds.
    private static StaticNetwork? Network(Sheet sheet)
    {
        if (!string.Equals(sheet.Value(SettingKeys.Network), "static", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var line = sheet.First(SettingKeys.Network)!.Value.Line;
        var (address, gateway) = (sheet.Value(SettingKeys.Address), sheet.Value(SettingKeys.Gateway));
        if (address.Length == 0)
        {
            if (!sheet.Spoiled.Contains(SettingKeys.Address))
            {
                sheet.Mistakes.Add(new(line, SettingKeys.Network, "is static, but there is no address; DHCP is used", "add a line, for example: address = 192.168.1.20/24"));
            }

            return null;
        }

        var range = IPNetworkOf(address);
        if (gateway.Length > 0 && (range.BaseAddress.AddressFamily != IPAddress.Parse(gateway).AddressFamily || !range.Contains(IPAddress.Parse(gateway))))
        {
            sheet.Mistakes.Add(new(sheet.First(SettingKeys.Gateway)!.Value.Line, SettingKeys.Gateway, $"is {gateway}, which the board cannot reach from {address}; it is left out", $"an address of {range}, or another prefix length"));
            gateway = "";
        }

        return new StaticNetwork(address, gateway, SettingRules.Words(sheet.Value(SettingKeys.NameServers)));
    }

    private static IPNetwork IPNetworkOf(string address)
    {
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        var bytes = IPAddress.Parse(address[..slash]).GetAddressBytes();
        var bits = int.Parse(address[(slash + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPNetwork(new IPAddress(bytes), bits);
    }

    private static void CheckDependencies(Sheet sheet)
    {
        foreach (var (name, _, line) in sheet.Entries)
        {
            var condition = SettingKeys.Find(name)!.OnlyWith;
            if (condition.Length > 0 && condition.Split(" = ") is [var other, var value] && !string.Equals(sheet.Value(other), value, StringComparison.OrdinalIgnoreCase) && !sheet.Spoiled.Contains(other))
            {
                sheet.Mistakes.Add(new(line, name, $"is only read with \"{condition}\"", $"add \"{condition}\", or remove this line"));
            }
        }
    }

    private static string Unquote(string value) => value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0] ? value[1..^1] : value;

    // Mistakes are shown on a terminal and in a file: short, and without what would move a cursor.
    internal static string Shown(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length > 100 ? clean[..100] + "..." : clean;
    }

    private sealed class Sheet
    {
        public List<(string Name, string Value, int Line)> Entries { get; } = [];

        public List<SettingsMistake> Mistakes { get; } = [];

        public HashSet<string> Spoiled { get; } = new(StringComparer.Ordinal);

        public (string Name, string Value, int Line)? First(string name)
        {
            foreach (var entry in Entries)
            {
                if (entry.Name == name)
                {
                    return entry;
                }
            }

            return null;
        }

        public string Value(string name) => First(name)?.Value ?? "";

        public IReadOnlyList<string> Values(string name) => [.. Entries.Where(e => e.Name == name).Select(e => e.Value)];
    }
}
