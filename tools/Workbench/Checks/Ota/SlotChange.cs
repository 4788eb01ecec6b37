// How the slot of a check's update differs from the one that runs: a version of its own, and on purpose something that does not work.
using System.Text.Json.Nodes;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>A change of an unpacked slot. <paramref name="Number"/> is added to the running version's number, so that every change is a version of its own.</summary>
internal sealed record SlotChange(string Name, int Number, Action<string> Apply)
{
    /// <summary>Where the record of a slot's version lies in it.</summary>
    public const string ReleaseFile = "usr/lib/skyminer/release.json";

    private const string Keyring = "etc/rauc/keyring.pem";
    private const string Units = "usr/lib/systemd/system";

    /// <summary>Works.</summary>
    public static SlotChange Good { get; } = new("good", 1, _ => { });

    /// <summary>The kernel finds no initramfs and so no root: it panics before any userspace.</summary>
    public static SlotChange Panics { get; } = new("panics", 2, root => Write(root, "boot/initrd.img", new string('\0', 64 * 1024)));

    /// <summary>PID 1 stops dead some seconds into the start; only the hardware watchdog is left.</summary>
    public static SlotChange Hangs { get; } = new("hangs", 3, root => AddUnit(root, "check-hang.service", "sysinit.target", """
        [Unit]
        Description=Hang of a check
        DefaultDependencies=no
        [Service]
        Type=oneshot
        ExecStart=/bin/sh -c 'sleep 3; echo 1 >/sys/fs/cgroup/init.scope/cgroup.freeze; sleep infinity'
        """));

    /// <summary>The visor ends with a signal each time it is started; everything else works.</summary>
    public static SlotChange Crashes { get; } = new("crashes", 4, root => Write(root, $"{Units}/skywire.service.d/99-check.conf", "[Service]\nExecStart=\nExecStart=/bin/sh -c 'kill -SEGV $$$$'\n"));

    /// <summary>The program is no program: neither the visor nor the judge of the trial starts.</summary>
    public static SlotChange Broken { get; } = new("broken", 5, root =>
    {
        File.Delete(Path.Combine(root, "usr/bin/skywire"));
        Write(root, "usr/bin/skywire", "this is no program\n");
        File.SetUnixFileMode(Path.Combine(root, "usr/bin/skywire"), (UnixFileMode)0x1ed);
    });

    /// <summary>Works, and writes its data in a form that the running version does not know: what a later version will do.</summary>
    public static SlotChange NewerData { get; } = new("newer-data", 6, root =>
    {
        const string Script = "usr/lib/skyminer/check-newer-data";
        Write(root, Script, """
            #!/bin/sh
            grep -q of_a_newer_version /var/lib/skywire/skywire.json && exit
            sed -i 's/"schema_version": *1\b/"schema_version": 2, "of_a_newer_version": {"a": [1]}/' /var/lib/skywire/skywire.json
            sed -i '1s/{/{ "of_a_newer_version": [1],/' /data/update/client.json
            echo '{"at":"2026-01-01T00:00:00Z","event":"of_a_newer_version","version":"9.9.9","more":{"a":[1]}}' >>/data/update/history.jsonl

            """);
        AddUnit(root, "check-newer-data.service", "multi-user.target", $"""
            [Unit]
            Description=Data of a newer version
            Before=skywire.service
            [Service]
            Type=oneshot
            ExecStart=/bin/sh /{Script}
            """);
    });

    /// <summary>Works, and trusts one more <paramref name="authority"/> than the running version: the first half of a change of keys.</summary>
    public static SlotChange Trusting(string authority) => new("key-change", 7, root => Write(root, Keyring, File.ReadAllText(Path.Combine(root, Keyring)) + File.ReadAllText(authority)));

    /// <summary>All that need nothing else.</summary>
    public static IReadOnlyList<SlotChange> All { get; } = [Good, Panics, Hangs, Crashes, Broken, NewerData];

    /// <summary>The version of this change for boards that run <paramref name="running"/> (MAJOR.MINOR.PATCH-N.gHASH): the same with a larger N.</summary>
    public string VersionFrom(string running)
    {
        var words = running.Split('-', 2);
        var identifiers = words.Length == 2 ? words[1].Split('.') : [];
        return identifiers.Length > 0 && long.TryParse(identifiers[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{words[0]}-{number + Number}.{Name}")
            : throw new WorkbenchException($"the image's version {running} has no number of commits", "make the image from a commit without a release tag, in a full clone");
    }

    /// <summary>Writes the version into the slot's record, which stays as it is otherwise.</summary>
    public static void SetVersion(string root, string version)
    {
        var file = Path.Combine(root, ReleaseFile);
        var record = JsonNode.Parse(File.ReadAllText(file))!;
        record["version"] = version;
        // The tree is a set of hard links: what is changed is replaced.
        File.Delete(file);
        File.WriteAllText(file, record.ToJsonString());
    }

    private static void AddUnit(string root, string name, string wantedBy, string text)
    {
        Write(root, $"{Units}/{name}", text);
        var wants = Directory.CreateDirectory(Path.Combine(root, Units, wantedBy + ".wants")).FullName;
        File.CreateSymbolicLink(Path.Combine(wants, name), "../" + name);
    }

    private static void Write(string root, string path, string text)
    {
        var file = Path.Combine(root, path);
        File.Delete(file);
        File.WriteAllText(file, text);
    }
}
