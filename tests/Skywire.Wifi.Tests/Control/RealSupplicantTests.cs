// Against the real wpa_supplicant, the program boards run. There is no radio here: it runs without a driver, and parses, answers and ends as it does on a board.
using System.Diagnostics;
using Skywire.Testing;
using Skywire.Wifi.Control;

namespace Skywire.Wifi.Tests.Control;

public sealed class RealSupplicantTests : TestBase
{
    private const string Program = "/usr/sbin/wpa_supplicant";
    private readonly TempFolder _folder = new();
    private readonly SupplicantOptions _options;
    private readonly FakeUnits _units;
    private readonly List<string> _words = [];
    private Process? _process;

    public RealSupplicantTests()
    {
        _options = new SupplicantOptions { RunFolder = _folder.Path, AttachInterval = TimeSpan.FromMilliseconds(20) };
        _units = new FakeUnits(_ => Run(), _ => Kill());
    }

    public static TheoryData<int> Indexes => [.. Enumerable.Range(0, Networks.All.Count)];

    [Theory]
    [MemberData(nameof(Indexes))]
    public async Task Start_EveryNetwork_IsTakenWithoutAComplaint(int index)
    {
        Assert.SkipUnless(File.Exists(Program), "wpasupplicant is not installed");
        var network = Networks.All[index];
        await using var supplicants = new Supplicants(_options, _units, TimeProvider.System);
        supplicants.Start("lo", network);
        await UntilAsync(supplicants, s => s.IsRunning);
        Assert.NotEqual("", supplicants.State("lo").Phase);

        await using var control = ControlSocket.Open(_options.ControlFile("lo"), _folder.File("second"), _ => { }, TimeProvider.System);
        Assert.Equal("PONG", await control.AskAsync("PING", TimeSpan.FromSeconds(30), Deadline));
        var rows = (await control.AskAsync("LIST_NETWORKS", TimeSpan.FromSeconds(30), Deadline)).Split('\n');
        Assert.Equal(2, rows.Length);
        Assert.Equal(network.MacAddress.Length > 0 ? network.MacAddress : "any", rows[1].Split('\t')[2]);
        foreach (var (key, value) in Expected(network))
        {
            Assert.Equal(value, await control.AskAsync($"GET_NETWORK 0 {key}", TimeSpan.FromSeconds(30), Deadline));
        }

        supplicants.Stop("lo");
        await UntilGoneAsync();
        lock (_words)
        {
            Assert.DoesNotContain(_words, w => w.Contains("Line ", StringComparison.Ordinal) || w.Contains("nvalid", StringComparison.Ordinal) || w.Contains("rror", StringComparison.Ordinal) || w.Contains("nknown", StringComparison.Ordinal));
        }
    }

    // The test above can fail: the same program does complain about what it does not know.
    [Fact]
    public async Task Run_FileWithAnUnknownKey_IsComplainedAbout()
    {
        Assert.SkipUnless(File.Exists(Program), "wpasupplicant is not installed");
        File.WriteAllText(_options.ConfigFile("lo"), SupplicantConfig.Write(Networks.Mesh, _options.ControlFolder).Replace("no_auto_peer", "no_such_key", StringComparison.Ordinal));
        Run();
        await _process!.WaitForExitAsync(Deadline);
        Assert.NotEqual(0, _process.ExitCode);
        _process.WaitForExit();
        lock (_words)
        {
            Assert.Contains(_words, w => w.Contains("no_such_key", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task State_RealOneKilledAndStartedByOthers_IsSeen()
    {
        Assert.SkipUnless(File.Exists(Program), "wpasupplicant is not installed");
        await using var supplicants = new Supplicants(_options with { StatusInterval = TimeSpan.FromMilliseconds(100) }, _units, TimeProvider.System);
        supplicants.Start("lo", Networks.Mesh);
        await UntilAsync(supplicants, s => s.IsRunning);
        Kill();
        _units.State = new UnitState("failed", "failed", "signal", 9);
        await UntilAsync(supplicants, s => s is { IsRunning: false } && s.Fault.Contains("signal 9", StringComparison.Ordinal));
        // Its socket file is still there: the next one takes it.
        Run();
        _units.State = new UnitState("active", "running", "success", 0);
        await UntilAsync(supplicants, s => s is { IsRunning: true, Fault: "" });
        using (var terminate = Process.Start("/bin/kill", ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await terminate.WaitForExitAsync(Deadline);
        }

        await UntilAsync(supplicants, s => s.Events.Any(e => e.Text.StartsWith("CTRL-EVENT-TERMINATING", StringComparison.Ordinal)));
    }

    protected override void Dispose(bool disposing)
    {
        Kill();
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private static IEnumerable<(string Key, string Value)> Expected(SupplicantNetwork network)
    {
        var text = SupplicantConfig.Write(network, "/run/x");
        foreach (var line in text[text.IndexOf("{\n", StringComparison.Ordinal)..].Split('\n'))
        {
            // Numbers and words come back as they were; secrets are not told, names in a form of its own.
            if (line.Split('=') is [var key, var value] && key is "mode" or "frequency" or "key_mgmt" or "ieee80211w" or "scan_ssid" or "no_auto_peer" or "fixed_freq" or "beacon_int" or "ap_max_inactivity" or "freq_list" or "scan_freq")
            {
                yield return (key, value);
            }
        }
    }

    private void Run()
    {
        _process = new Process { StartInfo = new ProcessStartInfo(Program, ["-D", "none", "-i", "lo", "-c", _options.ConfigFile("lo")]) { RedirectStandardOutput = true, RedirectStandardError = true } };
        void Note(object sender, DataReceivedEventArgs e)
        {
            lock (_words)
            {
                _words.Add(e.Data ?? "");
            }
        }

        _process.OutputDataReceived += Note;
        _process.ErrorDataReceived += Note;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Kill()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _process = null;
        }
    }

    private async Task UntilGoneAsync()
    {
        while (File.Exists(_options.ConfigFile("lo")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Deadline);
        }
    }

    private async Task UntilAsync(Supplicants supplicants, Func<SupplicantState, bool> condition)
    {
        var changed = new SemaphoreSlim(0);
        void Note() => changed.Release();
        supplicants.Changed += Note;
        try
        {
            while (!condition(supplicants.State("lo")))
            {
                await changed.WaitAsync(Deadline);
            }
        }
        finally
        {
            supplicants.Changed -= Note;
        }
    }
}
