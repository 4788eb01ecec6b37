// Takes over a reference visor's skywire-config.json (spec 14 §7): identity, services, links, apps. The original stays as it is.
using System.Text.Json;
using Skywire.Crypto;

namespace Skywire.Visor.Config;

/// <summary>What an import gave: the new configuration, the key, and in words what had to stay behind.</summary>
internal sealed record ImportedConfig(VisorConfig Config, SecKey Key, IReadOnlyList<string> NotCarried) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();
}

/// <summary>Reads one reference configuration. Throws <see cref="ConfigurationException"/> when it has no usable key or is no JSON.</summary>
internal sealed class ReferenceImport
{
    // Members that say nothing here: written by the program itself, or about parts that this visor has no use for.
    private static readonly HashSet<string> Silent = ["version", "pk", "sk", "dmsg", "skywire-tcp", "transport", "routing", "uptime_tracker", "launcher", "persistent_transports", "local_path", "log_level", "cli_addr", "shutdown_timeout"];

    private readonly string _file;
    private readonly List<string> _notCarried = [];
    private readonly VisorConfig _config = new();

    private ReferenceImport(string file) => _file = file;

    /// <summary>Converts the text of <paramref name="file"/>.</summary>
    public static ImportedConfig Convert(string file, ReadOnlyMemory<byte> content) => new ReferenceImport(file).Run(content);

    private ImportedConfig Run(ReadOnlyMemory<byte> content)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(content);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException(_file, "", $"line {e.LineNumber + 1}: is not JSON", "", "is it a reference visor's skywire-config.json?");
        }

        using (document)
        {
            try
            {
                return Run(document.RootElement);
            }
            catch (InvalidOperationException)
            {
                // What JSON may hold and no text can: bytes that are not UTF-8, or half of a surrogate pair.
                throw new ConfigurationException(_file, "", "holds a text that is not UTF-8", "UTF-8 without lone surrogates", "save the file as UTF-8");
            }
        }
    }

    private ImportedConfig Run(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new ConfigurationException(_file, "", "is not a section", "a reference visor's skywire-config.json", "check the file name");
        }

        var key = Identity(root);
        Services(root);
        Links(root);
        Apps(root);
        Rest(root);
        _config.Routing.MinHops = Math.Clamp(Number(Section(root, "routing"), "min_hops"), 1, 50);
        _config.Dmsg.MinSessions = Math.Clamp(Number(Section(root, "dmsg"), "sessions_count"), 1, 16);
        return new ImportedConfig(_config, key, _notCarried);
    }

    private SecKey Identity(JsonElement root)
    {
        if (!SecKey.TryParseHex(Text(root, "sk"), out var key))
        {
            throw new ConfigurationException(_file, "sk", "is missing or not a secret key", "64 hex digits", "a configuration without key cannot be imported");
        }

        if (PubKey.TryParseHex(Text(root, "pk"), out var named) && named != key!.PublicKey)
        {
            key.Dispose();
            throw new ConfigurationException(_file, "pk", "does not belong to sk", "", "one of the two was changed; put the right one back");
        }

        return key!;
    }

    private void Services(JsonElement root)
    {
        _config.Services.DmsgDiscovery = Url(Section(root, "dmsg"), "discovery", "dmsg.discovery");
        _config.Services.TransportDiscovery = Url(Section(root, "transport"), "discovery", "transport.discovery");
        _config.Services.AddressResolver = Url(Section(root, "transport"), "address_resolver", "transport.address_resolver");
        _config.Services.RouteFinder = Url(Section(root, "routing"), "route_finder", "routing.route_finder");
        _config.Services.ServiceDiscovery = Url(Section(root, "launcher"), "service_discovery", "launcher.service_discovery");
        _config.Services.UptimeTracker = Url(Section(root, "uptime_tracker"), "addr", "uptime_tracker.addr");
        _config.Services.RouteSetupNodes = [.. Keys(Section(root, "routing"), "route_setup_nodes", "routing.route_setup_nodes")];
        if (List(Section(root, "dmsg"), "servers").Length > 0)
        {
            Skip("dmsg.servers", "servers are looked up in the discovery");
        }
    }

    private void Links(JsonElement root)
    {
        var table = new Dictionary<string, string>();
        if (Section(Section(root, "skywire-tcp"), "pk_table") is { ValueKind: JsonValueKind.Object } entries)
        {
            foreach (var entry in entries.EnumerateObject())
            {
                if (ValueRules.Key(entry.Name) is null && entry.Value.ValueKind == JsonValueKind.String && ValueRules.Address(entry.Value.GetString()!) is null)
                {
                    table[PubKey.Parse(entry.Name).ToString()] = entry.Value.GetString()!;
                }
                else
                {
                    Skip($"skywire-tcp.pk_table[\"{entry.Name}\"]", "not a public key with host:port");
                }
            }
        }

        var listen = ListenAddress(Text(Section(root, "skywire-tcp"), "listening_address"));
        if (listen is not null || table.Count > 0)
        {
            _config.Transport.Stcp = new StcpConfig { Listen = listen, Table = table };
        }

        if (_config.Services.AddressResolver is not null)
        {
            _config.Transport.Stcpr = new StcprConfig { Listen = $"0.0.0.0:{Math.Clamp(Number(Section(root, "transport"), "stcpr_port"), 0, ushort.MaxValue)}" };
        }

        if (Number(Section(root, "transport"), "sudph_port") > 0)
        {
            Skip("transport.sudph_port", "sudph is not offered");
        }

        if (Section(root, "transport") is { ValueKind: JsonValueKind.Object } transport && transport.TryGetProperty("public_autoconnect", out var auto) && auto.ValueKind == JsonValueKind.True)
        {
            Skip("transport.public_autoconnect", "links are made on request or by transport.persistent");
        }

        if (Keys(Section(root, "transport"), "transport_setup", "transport.transport_setup").Any())
        {
            Skip("transport.transport_setup", "remote transport set-up is not offered");
        }

        Persistent(root, table);
    }

    private void Persistent(JsonElement root, Dictionary<string, string> table)
    {
        var list = new List<PersistentTransportConfig>();
        foreach (var (item, index) in List(root, "persistent_transports").Select((e, i) => (e, i)))
        {
            var (path, type) = ($"persistent_transports[{index}]", Text(item, "type"));
            if (!PubKey.TryParseHex(Text(item, "pk"), out var key))
            {
                Skip(path, "not a public key");
            }
            else if (!ConfigSchema.TransportTypes.Contains(type) || (type == Discovery.TransportTypes.Stcp && !table.ContainsKey(key.ToString())) || (type == Discovery.TransportTypes.Stcpr && _config.Transport.Stcpr is null))
            {
                Skip(path, $"type \"{type}\" cannot be used with these settings");
            }
            else if (!list.Any(p => p.Key == key && p.Type == type))
            {
                list.Add(new PersistentTransportConfig { Key = key, Type = type });
            }
        }

        _config.Transport.Persistent = list;
    }

    private void Apps(JsonElement root)
    {
        var apps = new List<AppConfig>();
        foreach (var item in List(Section(root, "launcher"), "apps"))
        {
            var (name, binary) = (Text(item, "name"), Text(item, "binary"));
            var arguments = List(item, "args").Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!).ToList();
            // The all-in-one binary names the app in its arguments ("app skysocks"), the single binaries by their own name.
            var kind = AppKinds.Find(arguments is ["app", var sub, ..] ? sub : Path.GetFileName(binary)) ?? AppKinds.Find(name);
            if (kind is null || ValueRules.Name(name) is not null || apps.Any(a => a.Name == name))
            {
                Skip($"launcher.apps \"{name}\"", kind is null ? "this kind of app is not offered" : "its name cannot be used");
                continue;
            }

            apps.Add(new AppConfig
            {
                Name = name,
                Kind = kind.Name,
                Port = Math.Clamp(Number(item, "port"), 0, ushort.MaxValue),
                AutoStart = item.TryGetProperty("auto_start", out var start) && start.ValueKind == JsonValueKind.True,
                Settings = Settings(name, kind, arguments),
            });
        }

        _config.Apps = apps;
    }

    private Dictionary<string, string> Settings(string app, AppKind kind, List<string> arguments)
    {
        var settings = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var (flag, value) = arguments[i].StartsWith('-') ? (arguments[i].TrimStart('-'), i + 1 < arguments.Count ? arguments[i + 1] : "") : ("", "");
            if (flag.Split('=', 2) is [var left, var right])
            {
                (flag, value) = (left, right);
            }

            var name = flag switch { "passcode" => "passcode", "srv" => "server", "addr" => "listen", _ => "" };
            if (flag.Length == 0)
            {
                continue;
            }

            if (name == "listen")
            {
                value = value.StartsWith(':') ? "127.0.0.1" + value : value;
            }

            if (kind.Settings.FirstOrDefault(s => s.Name == name) is { } setting && setting.Rule(value) is null)
            {
                settings[name] = value;
            }
            else
            {
                Skip($"launcher.apps \"{app}\": --{flag}", "not understood by this kind of app");
            }
        }

        return settings;
    }

    private void Rest(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            var empty = member.Value.ValueKind is JsonValueKind.Null or JsonValueKind.False
                || (member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() == 0)
                || (member.Value.ValueKind == JsonValueKind.String && member.Value.GetString()!.Length == 0);
            if (!empty && !Silent.Contains(member.Name))
            {
                Skip(member.Name, member.Name switch
                {
                    "hypervisors" or "hypervisor" => "the hypervisor link is not offered; use this visor's own page",
                    "dmsgpty" => "no remote terminal is offered",
                    "is_public" => "this visor does not list itself as public",
                    "survey_whitelist" => "no survey is made",
                    "stun_servers" => "only sudph needs them",
                    "dmsghttp_server_path" => "no log server is offered",
                    _ => "has no counterpart here",
                });
            }
        }
    }

    private string? Url(JsonElement section, string name, string path)
    {
        var text = Text(section, name);
        if (text.Length == 0)
        {
            return null;
        }

        if (ValueRules.Url(text) is null)
        {
            return text;
        }

        Skip(path, text.StartsWith("dmsg://", StringComparison.Ordinal) ? "a service address over dmsg; set its http address by hand" : "not an http address");
        return null;
    }

    private IEnumerable<PubKey> Keys(JsonElement section, string name, string path)
    {
        foreach (var item in List(section, name))
        {
            if (item.ValueKind == JsonValueKind.String && PubKey.TryParseHex(item.GetString(), out var key))
            {
                yield return key;
            }
            else
            {
                Skip(path, "an element is not a public key");
            }
        }
    }

    private static string? ListenAddress(string text)
    {
        text = text.StartsWith(':') ? "0.0.0.0" + text : text.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal);
        return text.Length > 0 && ValueRules.Listen(text) is null ? text : null;
    }

    private static JsonElement Section(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static string Text(JsonElement element, string name) => Section(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    private static int Number(JsonElement element, string name) => Section(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : 0;

    private static JsonElement[] List(JsonElement element, string name) => Section(element, name) is { ValueKind: JsonValueKind.Array } value ? [.. value.EnumerateArray()] : [];

    private void Skip(string what, string why) => _notCarried.Add($"{what}: {why}");
}
