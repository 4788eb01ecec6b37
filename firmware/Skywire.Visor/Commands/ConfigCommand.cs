// skywire config gen|check|show|import|password
using System.CommandLine;
using Skywire.Crypto;
using Skywire.Visor.Api;
using Skywire.Visor.Config;
using Skywire.Visor.Keys;
using Skywire.Visor.Storage;

namespace Skywire.Visor.Commands;

/// <summary>One fault of a configuration.</summary>
internal sealed record ConfigProblemView(string Key, string Cause, string Expected, string Remedy);

/// <summary>The outcome of a check.</summary>
internal sealed record ConfigCheckView(string File, bool Ok, IReadOnlyList<ConfigProblemView> Problems, IReadOnlyList<string> Consequences);

internal static class ConfigCommand
{
    private static readonly (string Option, string Description, Action<ServicesConfig, string> Set)[] Services =
    [
        ("--dmsg-discovery", "URL of the dmsg discovery.", static (s, v) => s.DmsgDiscovery = v),
        ("--transport-discovery", "URL of the transport discovery.", static (s, v) => s.TransportDiscovery = v),
        ("--address-resolver", "URL of the address resolver.", static (s, v) => s.AddressResolver = v),
        ("--route-finder", "URL of the route finder.", static (s, v) => s.RouteFinder = v),
        ("--service-discovery", "URL of the service discovery.", static (s, v) => s.ServiceDiscovery = v),
        ("--uptime-tracker", "URL of the uptime tracker.", static (s, v) => s.UptimeTracker = v),
    ];

    public static Command Create(CommandContext context) => CommandContext.Group("config", "The configuration file.", Generate(context), Check(context), Show(context), Import(context), Password(context));

    private static Command Generate(CommandContext context)
    {
        var force = Force();
        var ifAbsent = new Option<bool>("--if-absent") { Description = "Do nothing, and succeed, when the file exists." };
        var name = new Option<string>("--name") { Description = "What you call this board.", DefaultValueFactory = static _ => "" };
        var socket = new Option<string>("--api-socket") { Description = "Unix socket of the command line.", HelpName = "PATH", DefaultValueFactory = static _ => new ApiConfig().Socket };
        var nodes = new Option<string[]>("--setup-node") { Description = "Key of a trusted route setup node; may be repeated.", HelpName = "PK" };
        var urls = Services.Select(s => new Option<string?>(s.Option) { Description = s.Description, HelpName = "URL" }).ToArray();
        return context.Command(
            "gen",
            "Write a configuration, and a key file if there is none. Services not named here are not used.",
            ["skywire config gen", "skywire config gen --name attic --dmsg-discovery http://192.0.2.1:9090 --setup-node 02a1..."],
            [context.Config, force, ifAbsent, name, socket, nodes, .. urls],
            (result, _) =>
            {
                var file = ConfigLocation.Find(result.GetValue(context.Config));
                if (File.Exists(file) && result.GetValue(ifAbsent))
                {
                    return Task.FromResult(ExitCode.Ok);
                }

                var config = new VisorConfig { Name = result.GetValue(name)!, Transport = new TransportConfig { Stcpr = new StcprConfig() } };
                config.Api.Socket = result.GetValue(socket)!;
                for (var i = 0; i < urls.Length; i++)
                {
                    if (result.GetValue(urls[i]) is { } url)
                    {
                        Services[i].Set(config.Services, url);
                    }
                }

                config.Services.RouteSetupNodes = [.. (result.GetValue(nodes) ?? []).Select(ParseKey)];
                config.Apps = [new AppConfig { Name = AppKinds.Skysocks, Kind = AppKinds.Skysocks, AutoStart = false }];
                Store(context, file, config, result.GetValue(force), null);
                return Task.FromResult(ExitCode.Ok);
            });
    }

    private static Command Check(CommandContext context)
    {
        var file = File_("Configuration to check. Default: the usual one.");
        return context.Command("check", "Check a configuration and say what will not work with it.", ["skywire config check", "skywire config check skywire.json --json"], [file, context.Json], (result, _) =>
        {
            var path = ConfigLocation.Find(result.GetValue(file));
            try
            {
                var loaded = ConfigLoader.Check(path);
                var consequences = ConfigRules.Consequences(loaded.Config);
                if (result.GetValue(context.Json))
                {
                    context.Output.Json(new ConfigCheckView(loaded.File, true, [], consequences), CommandJson.Default.ConfigCheckView);
                    return Task.FromResult(ExitCode.Ok);
                }

                context.Output.Out.WriteLine($"{loaded.File}: good");
                PrintConsequences(context, consequences);
                return Task.FromResult(ExitCode.Ok);
            }
            catch (ConfigurationException e) when (result.GetValue(context.Json))
            {
                context.Output.Json(new ConfigCheckView(e.File, false, [.. e.Problems.Select(p => new ConfigProblemView(p.Key, p.Cause, p.Expected, p.Remedy))], []), CommandJson.Default.ConfigCheckView);
                return Task.FromResult(ExitCode.Configuration);
            }
        });
    }

    private static Command Show(CommandContext context) => context.Command("show", "Print the configuration with every default filled in and secrets masked.", ["skywire config show"], [context.Config, context.Json], (result, _) =>
    {
        var loaded = ConfigLoader.Check(ConfigLocation.Find(result.GetValue(context.Config)));
        context.Output.Out.WriteLine(System.Text.Encoding.UTF8.GetString(MaskedConfig.Format(loaded.Config)));
        return Task.FromResult(ExitCode.Ok);
    });

    private static Command Import(CommandContext context)
    {
        var source = new Argument<string>("FILE") { Description = "A reference visor's skywire-config.json. It is only read." };
        var force = Force();
        return context.Command("import", "Take over a reference visor's identity, services, links and apps.", ["skywire config import /opt/skywire/skywire.json --config skywire.json"], [source, context.Config, force], (result, _) =>
        {
            var from = Path.GetFullPath(result.GetValue(source)!);
            var file = ConfigLocation.Find(result.GetValue(context.Config));
            if (from == Path.GetFullPath(file))
            {
                throw new CliException(ExitCode.Usage, "source and target are the same file", "name another target with --config");
            }

            if (!File.Exists(from))
            {
                throw new ConfigurationException(from, "", "does not exist", "", "check the file name");
            }

            using var imported = ReferenceImport.Convert(from, File.ReadAllBytes(from));
            Store(context, file, imported.Config, result.GetValue(force), imported.Key);
            foreach (var line in imported.NotCarried)
            {
                context.Output.Out.WriteLine("not carried over: " + line);
            }

            context.Output.Out.WriteLine($"{from} still holds the secret key; stop the other visor before this one starts, two with one key evict each other");
            return Task.FromResult(ExitCode.Ok);
        });
    }

    private static Command Password(CommandContext context) => context.Command("password", "Read a password from standard input and print the line for api.password_hash.", ["skywire config password < password.txt"], [], (_, _) =>
    {
        var password = Console.In.ReadLine() ?? "";
        if (password.Length < PasswordHash.MinimumLength)
        {
            throw new CliException(ExitCode.Usage, $"the password has {password.Length} characters", $"use at least {PasswordHash.MinimumLength}");
        }

        context.Output.Out.WriteLine(PasswordHash.Create(password).ToString());
        return Task.FromResult(ExitCode.Ok);
    });

    // The result goes through the same checks as a file written by hand: nothing is stored that the visor would refuse.
    private static void Store(CommandContext context, string file, VisorConfig config, bool force, SecKey? key)
    {
        var full = Path.GetFullPath(file);
        if (File.Exists(full) && !force)
        {
            throw new ConfigurationException(file, "", "exists already", "", "it is left as it is; use --force to replace it (the key file is never replaced)");
        }

        var content = ConfigJson.Format(config);
        ConfigLoader.Parse(file, content);
        var loaded = new LoadedConfig(config, full, Path.GetDirectoryName(full)!, []);
        Directory.CreateDirectory(loaded.Folder);
        var existed = File.Exists(loaded.KeyFile);
        if (key is not null)
        {
            KeyFile.Store(loaded.KeyFile, key);
        }
        else if (!existed)
        {
            KeyFile.Create(loaded.KeyFile, SystemEntropy.Instance);
        }

        using var stored = KeyFile.Load(loaded.KeyFile);
        AtomicFile.Write(full, content, AtomicFile.Private);
        context.Output.Out.WriteLine($"wrote {full}");
        context.Output.Out.WriteLine($"{(existed ? "kept" : "made")} key {loaded.KeyFile}: {stored.PublicKey}");
        PrintConsequences(context, ConfigRules.Consequences(config));
    }

    private static void PrintConsequences(CommandContext context, IReadOnlyList<string> consequences)
    {
        foreach (var line in consequences)
        {
            context.Output.Out.WriteLine("note: " + line);
        }
    }

    private static PubKey ParseKey(string text) => PubKey.TryParseHex(text, out var key) ? key : throw new CliException(ExitCode.Usage, $"--setup-node \"{text}\" is not a public key", "give its 66 hex digits");

    private static Option<bool> Force() => new("--force") { Description = "Replace an existing configuration (never a key file)." };

    private static Argument<string?> File_(string description) => new("FILE") { Description = description, Arity = ArgumentArity.ZeroOrOne };
}
