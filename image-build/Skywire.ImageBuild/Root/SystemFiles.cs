// What Debian's package scripts would have done, declared: accounts, alternatives, certificates, PAM, enabled units. Nothing of Debian's is executed but
// the one library-cache builder, as an ordinary program on a folder.
using System.Text;

namespace Skywire.ImageBuild.Root;

/// <summary>Completes an unpacked tree to a system that boots.</summary>
internal sealed class SystemFiles(SourceTree source, string root, OwnershipTable owners)
{
    /// <summary>Runs all of it. <paramref name="time"/> is the time stamp the whole slot will carry.</summary>
    public async Task CompleteAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        await BaseFilesAsync(cancellationToken);
        await PamAsync(cancellationToken);
        await CertificatesAsync(cancellationToken);
        CopyTree(source.Input("rootfs"), root);
        await AccountsAsync(cancellationToken);
        await UnitsAsync(cancellationToken);
        await LibraryCacheAsync(cancellationToken);
        // With these two in place systemd sees that /etc and /var belong to this /usr and does not run its first-boot services at every boot.
        foreach (var mark in new[] { "etc/.updated", "var/.updated" })
        {
            await WriteAsync(mark, $"# /usr is of this time; see systemd-update-done.service(8)\nTIMESTAMP_NSEC={time.ToUnixTimeSeconds()}000000000\n", cancellationToken);
        }
    }

    private async Task BaseFilesAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in new[] { "boot/firmware", "data", "dev", "etc", "home", "media", "mnt", "opt", "proc", "root", "run", "srv", "sys", "tmp", "usr/local/bin", "usr/local/sbin", "usr/local/lib", "var/cache", "var/lib/skywire", "var/lib/systemd", "var/log/journal", "var/mail", "var/opt", "var/spool", "var/tmp" })
        {
            Directory.CreateDirectory(At(folder));
        }

        owners.Set("tmp", new Ownership((UnixFileMode)0x3ff, 0, 0));
        owners.Set("var/tmp", new Ownership((UnixFileMode)0x3ff, 0, 0));
        owners.Set("root", new Ownership((UnixFileMode)0x1c0, 0, 0));
        Link("var/run", "/run");
        Link("var/lock", "/run/lock");
        Link("etc/mtab", "../proc/self/mounts");
        Link("etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf");
        Link("etc/localtime", "/usr/share/zoneinfo/Etc/UTC");
        Link("usr/bin/awk", "mawk");
        Link("usr/bin/which", "which.debianutils");
        Link("usr/bin/pager", "less");
        Link("usr/bin/nano", "nano-tiny", onlyIfMissing: true);
        Link("usr/bin/editor", "nano");
        Link("usr/lib/firmware/regulatory.db", "regulatory.db-debian");
        Link("usr/lib/firmware/regulatory.db.p7s", "regulatory.db.p7s-debian");
        Link("etc/os-release", "../usr/lib/os-release", onlyIfMissing: true);
        Link("etc/dpkg/origins/default", "debian");
        foreach (var (from, to) in new[] { ("usr/share/base-files/profile", "etc/profile"), ("usr/share/base-files/dot.bashrc", "root/.bashrc"), ("usr/share/base-files/dot.profile", "root/.profile"), ("usr/share/openssh/sshd_config", "etc/ssh/sshd_config"), ("usr/share/libc-bin/nsswitch.conf", "etc/nsswitch.conf") })
        {
            File.Copy(At(from), At(to), overwrite: true);
        }

        var nss = await File.ReadAllTextAsync(At("etc/nsswitch.conf"), cancellationToken);
        await WriteAsync("etc/nsswitch.conf", string.Join('\n', nss.Split('\n').Select(l => l.StartsWith("hosts:", StringComparison.Ordinal) ? "hosts:          files resolve [!UNAVAIL=return] dns" : l)), cancellationToken);
        await WriteAsync("etc/hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n", cancellationToken);
        await WriteAsync("etc/hostname", "skyminer\n", cancellationToken);
        await WriteAsync("etc/machine-id", "", cancellationToken);
        await WriteAsync("etc/locale.conf", "LANG=C.UTF-8\n", cancellationToken);
        await WriteAsync("etc/default/locale", "LANG=C.UTF-8\n", cancellationToken);
        await WriteAsync("etc/environment", "", cancellationToken);
        await WriteAsync("etc/shells", "/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n", cancellationToken);
        await WriteAsync("etc/motd", "", cancellationToken);
    }

    // What pam-auth-update would write for Unix passwords. No systemd sessions: a user manager for whoever logs in is seconds and megabytes of a small board.
    private async Task PamAsync(CancellationToken cancellationToken)
    {
        const string Tail = "required\tpam_permit.so\n";
        await WriteAsync("etc/pam.d/common-auth", "auth\t[success=1 default=ignore]\tpam_unix.so\nauth\trequisite\tpam_deny.so\nauth\t" + Tail, cancellationToken);
        await WriteAsync("etc/pam.d/common-account", "account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so\naccount\trequisite\tpam_deny.so\naccount\t" + Tail, cancellationToken);
        await WriteAsync("etc/pam.d/common-password", "password\t[success=1 default=ignore]\tpam_unix.so yescrypt\npassword\trequisite\tpam_deny.so\npassword\t" + Tail, cancellationToken);
        const string Session = "session\t[default=1]\tpam_permit.so\nsession\trequisite\tpam_deny.so\nsession\trequired\tpam_permit.so\nsession\trequired\tpam_unix.so\n";
        await WriteAsync("etc/pam.d/common-session", Session, cancellationToken);
        await WriteAsync("etc/pam.d/common-session-noninteractive", Session, cancellationToken);
    }

    private async Task CertificatesAsync(CancellationToken cancellationToken)
    {
        var all = new StringBuilder();
        var files = Directory.GetFiles(At("usr/share/ca-certificates"), "*.crt", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            all.Append((await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\n')).Append('\n');
            File.Delete(file);
        }

        await WriteAsync("etc/ssl/certs/ca-certificates.crt", all.ToString(), cancellationToken);
        await WriteAsync("etc/ca-certificates.conf", "", cancellationToken);
    }

    private async Task AccountsAsync(CancellationToken cancellationToken)
    {
        var passwd = (await File.ReadAllTextAsync(At("usr/share/base-passwd/passwd.master"), cancellationToken)).Replace(":*:", ":x:", StringComparison.Ordinal);
        await WriteAsync("etc/passwd", passwd, cancellationToken);
        await WriteAsync("etc/group", (await File.ReadAllTextAsync(At("usr/share/base-passwd/group.master"), cancellationToken)).Replace(":*:", ":x:", StringComparison.Ordinal), cancellationToken);
        // No account has a password; "*" cannot be typed. Root comes in with an ssh key only.
        await WriteAsync("etc/shadow", string.Concat(passwd.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"{l.Split(':')[0]}:*:20000:0:99999:7:::\n")), cancellationToken);
        await WriteAsync("etc/gshadow", "", cancellationToken);
        foreach (var file in new[] { "etc/subuid", "etc/subgid" })
        {
            await WriteAsync(file, "", cancellationToken);
        }

        // The fixed numbers first, then what packages and our own units declare, in the order systemd reads them. "u!" (locked) is newer than some hosts' tool.
        var declared = Directory.GetFiles(At("usr/lib/sysusers.d"), "*.conf").OrderBy(Path.GetFileName, StringComparer.Ordinal);
        var text = new StringBuilder(await File.ReadAllTextAsync(source.Input("user-ids.conf"), cancellationToken));
        foreach (var file in declared)
        {
            text.Append('\n').Append(await File.ReadAllTextAsync(file, cancellationToken));
        }

        var lines = text.ToString().Split('\n').Select(l => l.StartsWith("u!", StringComparison.Ordinal) ? "u" + l[2..] : l);
        await HostTool.RequireAsync("systemd-sysusers", ["--root=" + root, "-"], cancellationToken, input: string.Join('\n', lines) + "\n");
        foreach (var file in new[] { "etc/shadow", "etc/gshadow" })
        {
            await NormaliseShadowAsync(file, cancellationToken);
            owners.Set(file, new Ownership((UnixFileMode)0x1a0, 0, 42));
        }

        foreach (var backup in new[] { "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/.pwd.lock" })
        {
            File.Delete(At(backup));
        }

        owners.Set("var/mail", new Ownership((UnixFileMode)0x5fd, 0, 8));
        owners.Set("var/log/journal", new Ownership((UnixFileMode)0x5ed, 0, 999));
    }

    // The day of the last change would be the day of the build.
    private async Task NormaliseShadowAsync(string file, CancellationToken cancellationToken)
    {
        if (!file.EndsWith("/shadow", StringComparison.Ordinal))
        {
            return;
        }

        var lines = (await File.ReadAllLinesAsync(At(file), cancellationToken)).Select(l => l.Split(':')).Select(f =>
        {
            f[2] = "20000";
            return string.Join(':', f);
        });
        File.SetUnixFileMode(At(file), (UnixFileMode)0x1a0);
        await WriteAsync(file, string.Join('\n', lines) + "\n", cancellationToken);
    }

    private async Task UnitsAsync(CancellationToken cancellationToken)
    {
        // These look for virtual sockets and extra consoles that no board has, and complain.
        foreach (var generator in new[] { "systemd-ssh-generator", "systemd-gpt-auto-generator" })
        {
            Link("etc/systemd/system-generators/" + generator, "/dev/null");
        }

        await HostTool.RequireAsync("systemctl", ["--root=" + root, "preset-all", "--preset-mode=full"], cancellationToken);
        // After the presets, which would take this link for an alias to disable.
        Link("etc/systemd/system/default.target", "/usr/lib/systemd/system/multi-user.target");
    }

    private async Task LibraryCacheAsync(CancellationToken cancellationToken)
    {
        // A static program that only reads and writes files below the folder it is given.
        var loader = At("usr/sbin/ldconfig");
        string[] command = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? [loader] : ["qemu-aarch64-static", loader];
        await HostTool.RequireAsync(command[0], [.. command[1..], "-r", root], cancellationToken);
        File.Delete(At("var/cache/ldconfig/aux-cache"));
    }

    private static void CopyTree(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
            // A checkout's umask must not decide what the image holds: executable or not is all that git keeps.
            File.SetUnixFileMode(target, (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) != 0 ? (UnixFileMode)0x1ed : (UnixFileMode)0x1a4);
        }
    }

    private string At(string path) => Path.Combine(root, path);

    private void Link(string path, string target, bool onlyIfMissing = false)
    {
        var info = new FileInfo(At(path));
        if (onlyIfMissing && (info.Exists || info.LinkTarget is not null))
        {
            return;
        }

        Directory.CreateDirectory(info.DirectoryName!);
        if (info.LinkTarget is null && Directory.Exists(info.FullName))
        {
            // base-files ships some of these as empty folders; a full one would be a surprise, and fails here.
            Directory.Delete(info.FullName);
        }

        File.Delete(info.FullName);
        File.CreateSymbolicLink(info.FullName, target);
    }

    private async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        await File.WriteAllTextAsync(At(path), text, cancellationToken);
    }
}
