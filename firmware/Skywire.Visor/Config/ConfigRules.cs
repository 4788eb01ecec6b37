// Rules between keys: what no single value shows.
using System.Net;

namespace Skywire.Visor.Config;

internal static class ConfigRules
{
    /// <summary>Faults that stop the visor.</summary>
    public static List<ConfigurationProblem> Check(VisorConfig config)
    {
        var problems = new List<ConfigurationProblem>();
        Apps(config, problems);
        Persistent(config, problems);
        Listeners(config, problems);
        if (config.Routing.MinHops > config.Routing.MaxHops)
        {
            problems.Add(new("routing.min_hops", $"is {config.Routing.MinHops}", $"at most routing.max_hops ({config.Routing.MaxHops})", "lower it, or raise max_hops"));
        }

        return problems;
    }

    /// <summary>What will not work with these settings, in words for the operator. Not faults: a closed network leaves things out on purpose.</summary>
    public static List<string> Consequences(VisorConfig config)
    {
        var list = new List<string>();
        var services = config.Services;
        if (config.Box is not null)
        {
            // What is not named is the box's.
            return list;
        }

        When(services.DmsgDiscovery is null && config.Dmsg.Servers.Count == 0, "no services.dmsg_discovery and no dmsg.servers: dmsg is off, so setup nodes cannot reach this visor and dmsg transports do not work");
        When(services.DmsgDiscovery is null && config.Dmsg.Servers.Count > 0, "no services.dmsg_discovery: dmsg uses dmsg.servers only, and other visors cannot look this one up");
        When(services.TransportDiscovery is null, "no services.transport_discovery: transports are not published, so no route finder knows them");
        When(services.AddressResolver is null && config.Transport.Stcpr is not null, "no services.address_resolver: stcpr transports cannot be dialled, and other visors cannot find this one");
        When(services.RouteFinder is null, "no services.route_finder: routes over more than one hop cannot be found");
        When(services.RouteSetupNodes.Count == 0, "no services.route_setup_nodes: only direct routes can be set up");
        When(services.ServiceDiscovery is null && config.Apps.Any(a => a.Kind == AppKinds.Skysocks), "no services.service_discovery: this visor's proxy is not listed");
        When(services.UptimeTracker is null, "no services.uptime_tracker: uptime is not counted");
        return list;

        void When(bool condition, string text)
        {
            if (condition)
            {
                list.Add(text);
            }
        }
    }

    private static void Apps(VisorConfig config, List<ConfigurationProblem> problems)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var ports = new Dictionary<int, string>();
        for (var i = 0; i < config.Apps.Count; i++)
        {
            var (app, path) = (config.Apps[i], $"apps[{i}]");
            if (!names.TryAdd(app.Name, i))
            {
                problems.Add(new($"{path}.name", $"\"{app.Name}\" is the name of apps[{names[app.Name]}] too", "each name once", "give one of them another name"));
            }

            var kind = AppKinds.Find(app.Kind)!;
            var port = app.Port == 0 ? kind.Port : app.Port;
            if (!ports.TryAdd(port, app.Name))
            {
                problems.Add(new($"{path}.port", $"{port} is taken by the app \"{ports[port]}\"", "each port once", "set another port"));
            }

            foreach (var (name, value) in app.Settings)
            {
                var setting = kind.Settings.FirstOrDefault(s => s.Name == name);
                var here = $"{path}.settings[\"{name}\"]";
                if (setting is null)
                {
                    var near = NearestName.Find(name, kind.Settings.Select(s => s.Name));
                    problems.Add(new(here, $"unknown setting of {kind.Name}", "", near is null ? "known: " + string.Join(", ", kind.Settings.Select(s => s.Name)) : $"did you mean \"{near}\"?"));
                }
                else if (setting.Rule(value) is { } fault)
                {
                    problems.Add(new(here, fault, setting.Expected, $"for example \"{setting.Example}\""));
                }
            }

            foreach (var setting in kind.Settings.Where(s => s.Required && !app.Settings.ContainsKey(s.Name) && app.AutoStart))
            {
                problems.Add(new($"{path}.settings[\"{setting.Name}\"]", "is missing", setting.Expected, "set it, or set auto_start to false"));
            }
        }
    }

    private static void Persistent(VisorConfig config, List<ConfigurationProblem> problems)
    {
        var seen = new HashSet<(Crypto.PubKey, string)>();
        for (var i = 0; i < config.Transport.Persistent.Count; i++)
        {
            var (link, path) = (config.Transport.Persistent[i], $"transport.persistent[{i}]");
            if (!seen.Add((link.Key, link.Type)))
            {
                problems.Add(new(path, "stands twice", "", "remove one of the two"));
            }

            if (link.Type == Discovery.TransportTypes.Stcp && (config.Transport.Stcp is null || !config.Transport.Stcp.Table.ContainsKey(link.Key.ToString())))
            {
                problems.Add(new($"{path}.key", "has no address", "an entry in transport.stcp.table", "add its host:port there"));
            }
            else if (link.Type == Discovery.TransportTypes.Stcpr && config.Box is null && (config.Transport.Stcpr is null || config.Services.AddressResolver is null))
            {
                problems.Add(new($"{path}.type", "is \"stcpr\", which is off", "transport.stcpr and services.address_resolver", "set both, or choose another type"));
            }
            else if (link.Type == Discovery.TransportTypes.Dmsg && config.Box is null && config.Services.DmsgDiscovery is null && config.Dmsg.Servers.Count == 0)
            {
                problems.Add(new($"{path}.type", "is \"dmsg\", which is off", "services.dmsg_discovery or dmsg.servers", "set one, or choose another type"));
            }
        }
    }

    private static void Listeners(VisorConfig config, List<ConfigurationProblem> problems)
    {
        if (config.Api.Listen is { } api && !IPAddress.IsLoopback(IPEndPoint.Parse(api).Address) && config.Api.PasswordHash is null)
        {
            problems.Add(new("api.listen", $"is \"{api}\", open to other machines, without a password", "a loopback address, or api.password_hash beside it", "use \"127.0.0.1:8000\", or run \"skywire config password\" and put its line into api.password_hash"));
        }

        var taken = new Dictionary<int, string>();
        Take("api.listen", config.Api.Listen);
        Take("transport.stcp.listen", config.Transport.Stcp?.Listen);
        Take("transport.stcpr.listen", config.Transport.Stcpr?.Listen);

        void Take(string key, string? listen)
        {
            if (listen is null || IPEndPoint.Parse(listen).Port is not (> 0 and var port))
            {
                return;
            }

            if (!taken.TryAdd(port, key))
            {
                problems.Add(new(key, $"uses port {port}", $"another port than {taken[port]}", "change one of the two"));
            }
        }
    }
}
