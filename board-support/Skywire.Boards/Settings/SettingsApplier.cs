// `settings apply`: from the card's settings file to every file of this boot. Run early, as root, once a boot; what is wrong with one setting never spoils another.
using System.Text;
using Skywire.Boards.Data;
using Skywire.Linux;

namespace Skywire.Boards.Settings;

/// <summary>Applies settings.</summary>
public sealed class SettingsApplier(ApplyPlaces places, BoardFile board, IMeshConfiguration mesh, ISystemSettings system)
{
    /// <summary>Port of the local page on a board.</summary>
    public const int PagePort = 8000;

    private const UnixFileMode Open = AtomicFile.GroupReadable | UnixFileMode.OtherRead;

    /// <summary>Reads, applies, and reports. Faults of the medium become mistakes of the outcome, so that the board comes up with what is left.</summary>
    public SettingsOutcome Apply()
    {
        Directory.CreateDirectory(places.Run);
        var reading = Read();
        var mistakes = new List<SettingsMistake>(reading.Mistakes);
        var settings = reading.Settings;
        if (!system.IsKept(places.Data))
        {
            mistakes.Add(new SettingsMistake(0, "", "the data partition cannot be used: nothing is kept over a start, and the visor waits for it", "flash the card anew, or replace it"));
        }

        var publicKey = EnsureKey(mistakes);
        var name = settings.Name.Length > 0 ? settings.Name : publicKey.Length > 0 ? "skyminer-" + publicKey[^6..] : "skyminer";
        Guarded(mistakes, SettingKeys.Name, () => Name(name));
        Guarded(mistakes, SettingKeys.Network, () => Network(settings));
        Guarded(mistakes, SettingKeys.SshKey, () => Ssh(settings));
        Guarded(mistakes, SettingKeys.TimeZone, () => Time(settings, mistakes));
        Guarded(mistakes, SettingKeys.WifiCountry, () => Wifi(settings));
        Guarded(mistakes, SettingKeys.MeshName, () => Mesh(settings, name, mistakes));
        Guarded(mistakes, SettingKeys.Wifi, () => Air(settings));
        var outcome = new SettingsOutcome
        {
            Name = name,
            PublicKey = publicKey,
            Services = settings.Services.ToString().ToLowerInvariant(),
            MeshName = settings.MeshName,
            IsOpenBox = settings.Services is ServiceChoice.Box or ServiceChoice.Both && settings.MeshPassphrase.Length == 0 && !settings.IsMeshSpoiled,
            HasSsh = settings.SshKeys.Count > 0,
            PagePort = PagePort,
            MeshFile = File.Exists(places.OperatorMeshFile) ? places.OperatorMeshFile : places.MeshFile,
            Mistakes = mistakes,
        };
        Guarded(mistakes, "", () => Errors(mistakes));
        KeptFile.Write(places.OutcomeFile, outcome, BoardJson.Default.SettingsOutcome, Open);
        return outcome;
    }

    /// <summary>The outcome of the last apply; null when there was none.</summary>
    public static SettingsOutcome? LastOutcome(ApplyPlaces places) => KeptFile.Read(places.OutcomeFile, BoardJson.Default.SettingsOutcome);

    /// <summary>What the console may show; null when this user may not read it.</summary>
    public static ConsoleSecrets? Secrets(ApplyPlaces places) => KeptFile.Read(places.ConsoleFile, BoardJson.Default.ConsoleSecrets);

    private SettingsReading Read()
    {
        try
        {
            // No file is no mistake: everything in it is optional.
            return File.Exists(places.SettingsFile) ? SettingsReader.Read(File.ReadAllBytes(places.SettingsFile)) : new SettingsReading(new BoardSettings(), []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SettingsReading(new BoardSettings { IsMeshSpoiled = true }, [new SettingsMistake(0, "", $"{places.SettingsFile} cannot be read: {e.Message}", "check the card in a PC, or flash it anew")]);
        }
    }

    private string EnsureKey(List<SettingsMistake> mistakes)
    {
        try
        {
            Directory.CreateDirectory(places.State);
            var key = mesh.EnsureKey(places.KeyFile);
            FileOwner.Of(places.State).Take(places.KeyFile);
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(new SettingsMistake(0, "", $"the board's key cannot be used: {e.Message}", "restore the file; deleting it gives the board a new identity at its next start"));
            return "";
        }
    }

    private void Name(string name)
    {
        KeptFile.Write(places.System("etc/hostname"), Encoding.ASCII.GetBytes(name + "\n"), Open);
        system.SetHostName(name);
    }

    private void Network(BoardSettings settings)
        => PutOrRemove(places.System("run/systemd/network/10-skyminer.network"), settings.Network is { } network ? SystemFiles.Network(network, board.Ethernet) : null, Open);

    private void Ssh(BoardSettings settings)
        => PutOrRemove(places.AuthorizedKeysFile, settings.SshKeys.Count > 0 ? SystemFiles.AuthorizedKeys(settings.SshKeys) : null, AtomicFile.Private);

    private void Time(BoardSettings settings, List<SettingsMistake> mistakes)
    {
        PutOrRemove(places.System("run/systemd/timesyncd.conf.d/10-skyminer.conf"), settings.TimeServers.Count > 0 ? SystemFiles.TimeServers(settings.TimeServers) : null, Open);
        if (settings.TimeZone.Length == 0)
        {
            return;
        }

        var zone = places.System("usr/share/zoneinfo/" + settings.TimeZone);
        if (!File.Exists(zone))
        {
            mistakes.Add(new SettingsMistake(0, SettingKeys.TimeZone, $"is \"{settings.TimeZone}\", which this system does not know; UTC is used", "names are like Europe/Berlin, see https://en.wikipedia.org/wiki/List_of_tz_database_time_zones"));
            return;
        }

        var link = places.System("etc/localtime");
        File.Delete(link);
        File.CreateSymbolicLink(link, "../usr/share/zoneinfo/" + settings.TimeZone);
    }

    private void Wifi(BoardSettings settings)
    {
        PutOrRemove(places.System("run/modprobe.d/skyminer-wifi.conf"), settings.WifiCountry.Length > 0 ? SystemFiles.WifiCountry(settings.WifiCountry) : null, Open);
        if (settings.WifiCountry.Length > 0)
        {
            system.SetWifiCountry(settings.WifiCountry);
        }
    }

    private void Air(BoardSettings settings)
    {
        var clients = places.System("run/systemd/network/75-skyminer-clients.network");
        PutOrRemove(clients, settings.IsWifiOn && settings.WifiClientName.Length > 0 ? SystemFiles.ClientNetwork(settings.WifiClientName) : null, Open);
        // Nobody guesses for a mistyped passphrase: the radios then wait for a person, as an open mesh on the air is never formed.
        var hasPassphrase = settings.MeshPassphrase.Length > 0 && !settings.IsMeshSpoiled;
        if (hasPassphrase)
        {
            // Also where the services are not those of a box: the air is one all the same.
            BoxSecret.Ensure(settings, places);
            FileOwner.Of(places.State).Take(places.SecretFile);
        }

        var orders = new WifiOrders
        {
            IsOn = settings.IsWifiOn,
            Country = settings.WifiCountry,
            MeshName = settings.MeshName,
            Passphrase = hasPassphrase ? BoxSecret.AirPassphrase(places) : "",
            Channel = settings.WifiChannel,
            ClientName = settings.WifiClientName,
            ClientPassphrase = settings.WifiClientPassphrase,
            // Only who says so: with every board a root, announcements would fill the air.
            IsGateway = settings.Proxy is true,
            IsSet = settings.MeshPassphrase.Length > 0 || settings.IsMeshSpoiled,
        };
        KeptFile.Write(places.WifiFile, orders, BoardJson.Default.WifiOrders, AtomicFile.Private);
    }

    private void Mesh(BoardSettings settings, string name, List<SettingsMistake> mistakes)
    {
        var owner = FileOwner.Of(places.State);
        var password = PagePassword.Ensure(settings.PagePassword, places.Kept, mesh.HashPassword);
        var hasBox = settings.Services is ServiceChoice.Box or ServiceChoice.Both;
        if (hasBox && !settings.IsMeshSpoiled)
        {
            BoxSecret.Ensure(settings, places);
            owner.Take(places.SecretFile);
        }

        // A spoiled passphrase keeps the box of before, or stays out of any: an open box is never the answer to a typing mistake.
        var secret = hasBox && File.Exists(places.SecretFile) ? places.SecretFile : "";
        var configuration = mesh.Render(settings, new MeshPlaces(name, places.KeyFile, Path.Combine(places.State, "data"), secret, password.Hash), mistakes);
        // The visor keeps a last good copy beside its configuration and cannot write here: it finds one.
        foreach (var target in (string[])[places.MeshFile, places.MeshFile + AtomicFile.LastGoodSuffix])
        {
            KeptFile.Write(target, configuration, AtomicFile.GroupReadable);
            new FileOwner(FileOwner.Of(places.Run).User, owner.Group).Take(target);
        }

        var file = File.Exists(places.OperatorMeshFile) ? places.OperatorMeshFile : places.MeshFile;
        KeptFile.Write(places.EnvironmentFile, Encoding.UTF8.GetBytes($"SKYWIRE_CONFIG={file}\n"), Open);

        KeptFile.Write(places.ConsoleFile, new ConsoleSecrets(password.IsMadeHere ? password.Password : ""), BoardJson.Default.ConsoleSecrets, AtomicFile.GroupReadable);
        if (FileOwner.FindGroup(ApplyPlaces.BoardGroup, places.System("etc/group")) is { } group)
        {
            new FileOwner(FileOwner.Of(places.Run).User, group).Take(places.ConsoleFile);
        }
    }

    // The card is written only when something changes: it is mounted read-only otherwise, and a pulled plug during a write may cost the whole FAT.
    private void Errors(List<SettingsMistake> mistakes)
    {
        if (!Directory.Exists(places.Boot))
        {
            return;
        }

        var text = mistakes.Count > 0 ? Encoding.UTF8.GetBytes(SettingsErrors.Text(mistakes)) : null;
        var before = File.Exists(places.ErrorsFile) ? File.ReadAllBytes(places.ErrorsFile) : null;
        if (text is null ? before is null : before is not null && text.AsSpan().SequenceEqual(before))
        {
            return;
        }

        MountTable.WithWriting(places.Boot, () =>
        {
            if (text is null)
            {
                File.Delete(places.ErrorsFile);
                FolderSync.Sync(places.Boot);
            }
            else
            {
                AtomicFile.Write(places.ErrorsFile, text, Open);
            }
        });
    }

    private static void PutOrRemove(string path, string? text, UnixFileMode mode)
    {
        if (text is not null)
        {
            KeptFile.Write(path, Encoding.UTF8.GetBytes(text), mode);
        }
        else if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    private static void Guarded(List<SettingsMistake> mistakes, string key, Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(new SettingsMistake(0, key, $"could not be applied: {e.Message}", ""));
        }
    }
}
