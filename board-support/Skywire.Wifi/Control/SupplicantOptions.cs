// Places and times of the wpa_supplicants of one service.
namespace Skywire.Wifi.Control;

/// <summary>Where they live and how often they are asked.</summary>
public sealed record SupplicantOptions
{
    /// <summary>Template of the unit on a board: skyminer-wpa@wlan0.service.</summary>
    public const string SystemUnit = "skyminer-wpa";

    /// <summary>The wifi service's folder: configurations, and control sockets below <c>ctrl</c>.</summary>
    public required string RunFolder { get; init; }

    /// <summary>Name of the template unit, without "@" and what follows.</summary>
    public string Unit { get; init; } = SystemUnit;

    /// <summary>How often one that runs is asked how it is: events may be lost when it is busy.</summary>
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often its control socket is looked for while it starts: it takes a tenth of a second on a PC and one on a small board.</summary>
    public TimeSpan AttachInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it may start or stay without an answer before that is a fault.</summary>
    public TimeSpan AttachLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an answer may take: wpa_supplicant has one thread, and a driver may hold it for a second or two.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the last orders to end may take when the service itself ends: longer than its units' own limit, shorter than the service's.</summary>
    public TimeSpan EndLimit { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>Where the control sockets are.</summary>
    public string ControlFolder => Path.Combine(RunFolder, "ctrl");

    /// <summary>Configuration of an interface.</summary>
    public string ConfigFile(string interfaceName) => Path.Combine(RunFolder, interfaceName + ".conf");

    /// <summary>Control socket of an interface.</summary>
    public string ControlFile(string interfaceName) => Path.Combine(ControlFolder, interfaceName);

    /// <summary>The service's own end of it.</summary>
    public string OwnFile(string interfaceName) => Path.Combine(RunFolder, "from-" + interfaceName);

    /// <summary>Unit of an interface.</summary>
    public string UnitOf(string interfaceName) => $"{Unit}@{interfaceName}.service";

    /// <summary>Names an offending property. Throws <see cref="ArgumentException"/>.</summary>
    public void Validate()
    {
        if (!Path.IsPathRooted(RunFolder))
        {
            throw new ArgumentException("is no full path", nameof(RunFolder));
        }

        if (Unit.Length == 0 || !Unit.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new ArgumentException("is no name of a unit", nameof(Unit));
        }
    }
}
