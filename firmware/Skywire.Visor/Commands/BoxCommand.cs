// skywire box status|members|secret
using System.CommandLine;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Keys;

namespace Skywire.Visor.Commands;

internal static class BoxCommand
{
    private const string PassphraseVariable = "SKYWIRE_BOX_PASSPHRASE";

    public static Command Create(CommandContext context) => CommandContext.Group("box", "Boards on one wire that serve each other.", Status(context), Members(context), Secret(context));

    private static Command Status(CommandContext context) => context.Remote(
        "status",
        "Show how this board stands in its box: who serves, since when, and what was refused. Exit code 1 while it is not joined.",
        ["skywire box status", "skywire box status --json"],
        [],
        async (result, client, cancellationToken) =>
        {
            var json = await client.GetAsync("box", cancellationToken);
            var box = VisorClient.Parse(json, ApiJson.Default.BoxView);
            if (result.GetValue(context.Json))
            {
                context.Output.Json(json);
            }
            else
            {
                Print(context.Output, box);
            }

            return box.Joined ? ExitCode.Ok : ExitCode.Failure;
        });

    private static Command Members(CommandContext context) => context.Remote(
        "members",
        "List the other boards of the box.",
        ["skywire box members", "skywire box members --json"],
        [],
        async (result, client, cancellationToken) =>
        {
            var members = VisorClient.Parse(await client.GetAsync("box", cancellationToken), ApiJson.Default.BoxView).Members;
            if (result.GetValue(context.Json))
            {
                context.Output.Json(members, ApiJson.Default.IReadOnlyListBoxMemberView);
            }
            else
            {
                Table(context.Output, members);
            }

            return ExitCode.Ok;
        });

    private static Command Secret(CommandContext context)
    {
        var name = new Argument<string>("MESH-NAME") { Description = "What the box is called; part of the secret." };
        var file = new Argument<string>("FILE") { Description = "Where to put it: the configuration's box.secret_file. An existing file is replaced." };
        return context.Command(
            "secret",
            $"Make the secret of a box from its name and a passphrase, read from {PassphraseVariable} or the first line of standard input. An empty passphrase makes an open box, which everybody on the wire can join.",
            [$"{PassphraseVariable}='three words more' skywire box secret home box.secret", "skywire box secret home box.secret < passphrase.txt"],
            [name, file],
            async (result, cancellationToken) =>
            {
                var passphrase = Environment.GetEnvironmentVariable(PassphraseVariable) ?? await Console.In.ReadLineAsync(cancellationToken) ?? "";
                BoxSecretFile.Write(result.GetValue(file)!, result.GetValue(name)!, passphrase);
                context.Output.Out.WriteLine(passphrase.Length == 0 ? $"{result.GetValue(file)}: secret of an OPEN box, no passphrase" : $"{result.GetValue(file)}: secret of the box {result.GetValue(name)}");
                return ExitCode.Ok;
            });
    }

    private static void Print(CliOutput output, BoxView box)
    {
        output.Pairs(
        [
            ("Box", $"{box.MeshName} ({box.MeshId} on the wire)"),
            ("Joined", box.Joined ? "yes" : "no: " + box.Reason),
            ("This board", box.Role),
            ("Served by", box.Serving is not { } s ? "nobody" : s.IsSelf ? $"this board, claim {s.Term}" : $"{(s.Name.Length > 0 ? s.Name : s.Key)} at {s.Address}, claim {s.Term}"),
            ("Beacons", $"{box.BeaconsSent} sent on {box.Ways} ways, {box.BeaconsHeard} heard"),
            ("Refused", box.BeaconsRefused.Count == 0 ? "none" : string.Join(", ", box.BeaconsRefused.Select(r => $"{r.Key} {r.Value}"))),
        ]);
        if (box.Problem.Length > 0)
        {
            output.Out.WriteLine();
            output.Out.WriteLine("! " + box.Problem);
        }

        output.Out.WriteLine();
        Table(output, box.Members);
    }

    private static void Table(CliOutput output, IReadOnlyList<BoxMemberView> members) => output.Table(
        ["BOARD", "KEY", "ADDRESS", "SERVES", "LINK", "#HEARD S AGO"],
        members.Select(m => new[] { m.Name.Length > 0 ? m.Name : "-", m.Key, m.Address, m.Serving ? "yes" : "no", m.Linked ? "up" : "down", $"{m.SilenceSeconds:0.0}" }));
}
