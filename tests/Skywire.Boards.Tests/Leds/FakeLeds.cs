// A folder tree that behaves as the kernel's LED class: a trigger brings its attributes, and loses those of the one before.
using Skywire.Linux;
using Skywire.Testing;

namespace Skywire.Boards.Tests.Leds;

internal sealed class FakeLeds : IDisposable
{
    private const string All = "none timer heartbeat pattern netdev default-on";
    private readonly TempFolder _folder = new();

    public FakeLeds(params string[] names)
    {
        foreach (var name in names)
        {
            _folder.Write($"{name}/trigger", "[none] " + All[5..]);
            _folder.Write($"{name}/brightness", "0");
            _folder.Write($"{name}/max_brightness", "255");
        }
    }

    public LedClass Class => new(_folder.Path);

    /// <summary>What the kernel and udev do after a trigger was written.</summary>
    public void React()
    {
        foreach (var led in Directory.EnumerateDirectories(_folder.Path).Select(d => Path.GetFileName(d)))
        {
            var trigger = Read(led, "trigger").Trim();
            if (trigger.Contains(' ', StringComparison.Ordinal))
            {
                continue;
            }

            _folder.Write($"{led}/trigger", string.Join(' ', All.Split(' ').Select(t => t == trigger ? $"[{t}]" : t)));
            string[] attributes = trigger switch { "timer" => ["delay_on", "delay_off"], "pattern" => ["pattern", "repeat"], "netdev" => ["device_name", "link", "tx", "rx"], _ => [] };
            // What the new trigger has as the old one had is there at once, and was written already.
            foreach (var attribute in ((string[])["delay_on", "delay_off", "pattern", "repeat", "device_name", "link", "tx", "rx"]).Except(attributes))
            {
                File.Delete(_folder.File($"{led}/{attribute}"));
            }

            foreach (var attribute in attributes.Where(a => !File.Exists(_folder.File($"{led}/{a}"))))
            {
                _folder.Write($"{led}/{attribute}", "");
            }
        }
    }

    public string Read(string led, string attribute) => _folder.Read($"{led}/{attribute}");

    public void Dispose() => _folder.Dispose();
}
