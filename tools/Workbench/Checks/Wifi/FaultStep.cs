// Radios that fail in every way, on all nodes at once: each time the mesh is whole again without a person, and nothing is left behind.
using System.Globalization;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Step "faults".</summary>
internal sealed class FaultStep(WifiStage stage, int sequences)
{
    /// <summary>Runs it on nodes that all hear each other.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var figures = stage.Report.Faults = new FaultFigures { Sequences = sequences };
        figures.HasRfkill = (await stage.Ground.RunAsync($"rfkill {stage.Mesh[0].Number} test", cancellationToken)).Ok;
        figures.Before = Leftovers.Parse(await stage.Ground.DoAsync("leftovers " + WifiGround.Numbers(stage.Mesh), cancellationToken));
        var number = 0;
        foreach (var round in FaultSchedule.Rounds(FaultSchedule.Draw(stage.Report.Seed, sequences, figures.HasRfkill), stage.Mesh.Count))
        {
            number++;
            await stage.StepAsync(string.Create(CultureInfo.InvariantCulture, $"faults, round {number}: {round.Count} sequences at once"), () => RoundAsync(number, round, figures, cancellationToken), cancellationToken);
        }

        figures.After = Leftovers.Parse(await stage.Ground.DoAsync("leftovers " + WifiGround.Numbers(stage.Mesh), cancellationToken));
        var left = Leftovers.Judge(figures.Before, figures.After);
        if (left.Count > 0)
        {
            // What it is can be seen only while the board runs.
            var seen = (await stage.Ground.RunAsync("leftovers-named " + WifiGround.Numbers(stage.Mesh), cancellationToken)).Output.Trim();
            stage.Report.Require(false, $"faults left something behind: {string.Join("; ", left)}\n{seen}");
        }
    }

    private async Task RoundAsync(int number, IReadOnlyList<IReadOnlyList<TimedFault>> round, FaultFigures figures, CancellationToken cancellationToken)
    {
        List<string> words = [.. round.Select(s => string.Join(' ', s))];
        var script = string.Join(" & ", words.Select((w, i) => string.Create(CultureInfo.InvariantCulture, $"bash {WifiNode.CheckFolder}/ground.sh faults {stage.Mesh[i].Number} {w}"))) + " & wait";
        var said = (await stage.Ground.Shell.RunAsync(script, cancellationToken)).Output;
        var since = await stage.Ground.NowAsync(cancellationToken);
        var joined = await stage.JoinedAsync(stage.Mesh, _ => stage.Mesh.Count - 1, since, null, cancellationToken);
        double? seconds = null;
        if (joined is not null)
        {
            // What the services say is believed once frames arrive.
            var reached = await stage.ReachableAsync(stage.Mesh, WifiStage.JoinLimit, cancellationToken);
            seconds = reached is null ? null : Math.Round(((await stage.Ground.NowAsync(cancellationToken)) - since).TotalSeconds, 1);
            stage.Report.Require(reached is not null, string.Create(CultureInfo.InvariantCulture, $"round {number}: joined, but node {stage.Mesh[0].Number} does not reach the others"));
        }

        figures.Rounds.Add(new FaultRound(number, words, seconds, [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]));
        figures.CameBack += seconds is null ? 0 : round.Count;
        var all = figures.Rounds.Select(r => r.Seconds).OfType<double>().ToList();
        figures.MedianS = all.Count == 0 ? null : Math.Round(Medians.Of(all), 1);
        figures.LongestS = all.Count == 0 ? null : all.Max();
    }
}
