// An operator's mistake, said so that it can be repaired without reading source code.
namespace Skywire.Visor.Config;

/// <summary>One fault: where, what, and what to do. <paramref name="Key"/> is the JSON path, "" for the file as a whole.</summary>
internal sealed record ConfigurationProblem(string Key, string Cause, string Expected, string Remedy)
{
    /// <summary>One line without the file name.</summary>
    public override string ToString()
    {
        var where = Key.Length == 0 ? "" : Key + ": ";
        var expected = Expected.Length == 0 ? "" : $", expected {Expected}";
        var remedy = Remedy.Length == 0 ? "" : $"; {Remedy}";
        return where + Cause + expected + remedy;
    }
}

/// <summary>The configuration cannot be used. Carries every fault found, not only the first.</summary>
internal sealed class ConfigurationException : Exception
{
    /// <summary>Names the file and its faults.</summary>
    public ConfigurationException(string file, IReadOnlyList<ConfigurationProblem> problems)
        : base(string.Join('\n', problems.Select(p => $"{file}: {p}")))
    {
        File = file;
        Problems = problems;
    }

    /// <summary>A single fault.</summary>
    public ConfigurationException(string file, string key, string cause, string expected, string remedy)
        : this(file, [new ConfigurationProblem(key, cause, expected, remedy)])
    {
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>All faults, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; }
}
