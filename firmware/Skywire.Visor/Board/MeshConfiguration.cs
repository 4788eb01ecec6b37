// From a board's settings to the visor's own configuration: the one place where settings meet the protocol.
using System.Text.Json;
using Skywire.Boards.Settings;
using Skywire.Crypto;
using Skywire.Visor.Api;
using Skywire.Visor.Commands;
using Skywire.Visor.Config;
using Skywire.Visor.Keys;

namespace Skywire.Visor.Board;

/// <summary>Makes the visor's files. Public services come from a file of the image, for addresses of other people's servers are data.</summary>
internal sealed class MeshConfiguration(IEntropy entropy, string publicServicesFile = MeshConfiguration.PublicServicesFile) : IMeshConfiguration
{
    /// <summary>Where an image keeps the addresses of the public network.</summary>
    public const string PublicServicesFile = "/usr/lib/skyminer/public-services.json";

    /// <summary>Port on which a board accepts stcpr links; the image's packet filter opens it.</summary>
    public const int StcprPort = 7777;

    /// <summary>Port of a box's beacons; the image's packet filter opens it.</summary>
    public const int BeaconPort = 7946;

    /// <inheritdoc/>
    public string EnsureKey(string file)
    {
        try
        {
            if (!File.Exists(file))
            {
                return KeyFile.Create(file, entropy).ToString();
            }

            using var key = KeyFile.Load(file);
            return key.PublicKey.ToString();
        }
        catch (ConfigurationException e)
        {
            throw new IOException($"{e.File}: {string.Join("; ", e.Problems.Select(p => p.ToString()))}", e);
        }
    }

    /// <inheritdoc/>
    public string HashPassword(string password) => PasswordHash.Create(password).ToString();

    /// <inheritdoc/>
    public byte[] Render(BoardSettings settings, MeshPlaces places, ICollection<SettingsMistake> mistakes)
    {
        var hasBox = settings.Services is ServiceChoice.Box or ServiceChoice.Both;
        var config = new VisorConfig
        {
            Name = places.HostName,
            KeyFile = places.KeyFile,
            DataFolder = places.DataFolder,
            Services = Services(settings, mistakes),
            // Both families: on a wire without a router the link-local IPv6 address is the first that others try. Boards of one wire have private addresses; the
            // public resolver would refuse them.
            Transport = new TransportConfig { Stcpr = new StcprConfig { Listen = $"[::]:{StcprPort}", AllowPrivate = settings.Services != ServiceChoice.Public }, Log = false },
            Box = hasBox && places.SecretFile.Length > 0 ? new BoxConfig { MeshName = settings.MeshName, SecretFile = places.SecretFile, Port = BeaconPort } : null,
            Apps = [Proxy(settings, hasBox)],
            Api = new ApiConfig
            {
                Socket = ConfigLocation.SystemSocket,
                Listen = $"0.0.0.0:{SettingsApplier.PagePort}",
                HostNames = [places.HostName, places.HostName + ".local"],
                PasswordHash = places.PasswordHash,
            },
            Update = Updates(settings),
        };
        return ConfigJson.Format(config);
    }

    private static UpdateConfig Updates(BoardSettings settings)
    {
        var usual = new UpdateConfig();
        return usual with
        {
            Channel = settings.Update,
            Feed = settings.UpdateFeed.Length > 0 ? settings.UpdateFeed : null,
            Window = settings.UpdateWindow.Length > 0 ? settings.UpdateWindow : usual.Window,
            RateLimit = settings.UpdateRateLimit,
            Automatic = settings.UpdateAutomatic,
        };
    }

    private ServicesConfig Services(BoardSettings settings, ICollection<SettingsMistake> mistakes)
    {
        if (settings.Services is ServiceChoice.Public or ServiceChoice.Both)
        {
            try
            {
                return JsonSerializer.Deserialize(File.ReadAllBytes(publicServicesFile), ConfigJson.Default.ServicesConfig)!;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                mistakes.Add(new SettingsMistake(0, "services", $"is {settings.Services.ToString().ToLowerInvariant()}, but this image's list of public services cannot be read: {e.Message}", "name them with services = custom"));
                return new ServicesConfig();
            }
        }

        var services = new ServicesConfig();
        foreach (var (key, url) in settings.ServiceUrls)
        {
            switch (key)
            {
                case "dmsg_discovery":
                    services.DmsgDiscovery = url;
                    break;
                case "transport_discovery":
                    services.TransportDiscovery = url;
                    break;
                case "address_resolver":
                    services.AddressResolver = url;
                    break;
                case "route_finder":
                    services.RouteFinder = url;
                    break;
                case "service_discovery":
                    services.ServiceDiscovery = url;
                    break;
                default:
                    services.UptimeTracker = url;
                    break;
            }
        }

        var nodes = new List<PubKey>();
        foreach (var text in settings.SetupNodes)
        {
            if (PubKey.TryParseHex(text, out var key))
            {
                nodes.Add(key);
            }
            else
            {
                mistakes.Add(new SettingsMistake(0, "setup_node", $"{text} is no public key: no point of the curve", "copy it anew"));
            }
        }

        services.RouteSetupNodes = nodes;
        return services;
    }

    // In a box the neighbours are one's own boards; in public, strangers do not get into the home network.
    private static AppConfig Proxy(BoardSettings settings, bool hasBox) => new()
    {
        Name = AppKinds.Skysocks,
        Kind = AppKinds.Skysocks,
        AutoStart = settings.Proxy ?? settings.Services == ServiceChoice.Box,
        Settings = new Dictionary<string, string> { ["egress"] = hasBox && settings.Services == ServiceChoice.Box ? AppKinds.EgressAll : AppKinds.EgressPublic },
    };
}
