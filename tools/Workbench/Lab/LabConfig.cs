// Keys and settings of the lab: made by the product's own commands where it has them.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skywire.Workbench.Lab;

/// <summary>Writes what each process of the lab reads.</summary>
internal static class LabConfig
{
    /// <summary>Arguments of the services' process.</summary>
    public static IReadOnlyList<string> ServicesArguments(LabPlan plan) => ["services", "run"];

    /// <summary>Makes keys where there are none and writes every configuration anew.</summary>
    public static Task WriteAsync(LabPlan plan, CancellationToken cancellationToken) => Task.CompletedTask;
}
