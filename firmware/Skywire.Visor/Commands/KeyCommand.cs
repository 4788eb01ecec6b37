// skywire key gen|show|check
using System.CommandLine;
using System.Text.Json.Serialization;
using Skywire.Crypto;
using Skywire.Visor.Config;
using Skywire.Visor.Keys;

namespace Skywire.Visor.Commands;

/// <summary>What a key file holds, as far as it may be shown.</summary>
internal sealed record KeyView(string File, string PublicKey);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(ConfigCheckView))]
internal sealed partial class CommandJson : JsonSerializerContext;

internal static class KeyCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group("key", "The secret key file.", Generate(context), Show(context), Check(context));

    private static Command Generate(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "Where to put it. An existing file is never overwritten." };
        return context.Command("gen", "Make a new identity on this device.", ["skywire key gen visor.key"], [file, context.Json], (result, _) =>
        {
            var path = result.GetValue(file)!;
            Print(context, result, path, KeyFile.Create(path, SystemEntropy.Instance));
            return Task.FromResult(ExitCode.Ok);
        });
    }

    private static Command Show(CommandContext context)
    {
        var file = File();
        return context.Command("show", "Print the public key of a key file.", ["skywire key show", "skywire key show visor.key --json"], [file, context.Config, context.Json], (result, _) =>
        {
            var path = PathOf(context, result, file);
            using var key = KeyFile.Load(path);
            Print(context, result, path, key.PublicKey);
            return Task.FromResult(ExitCode.Ok);
        });
    }

    private static Command Check(CommandContext context)
    {
        var file = File();
        return context.Command("check", "Check a key file: form, halves that belong together, permissions.", ["skywire key check visor.key"], [file, context.Config, context.Json], (result, _) =>
        {
            var path = PathOf(context, result, file);
            using var key = KeyFile.Load(path);
            if (result.GetValue(context.Json))
            {
                Print(context, result, path, key.PublicKey);
            }
            else
            {
                context.Output.Out.WriteLine($"{path}: good key file of {key.PublicKey}");
            }

            return Task.FromResult(ExitCode.Ok);
        });
    }

    private static Argument<string?> File() => new("FILE") { Description = "Key file. Default: the one of the configuration.", Arity = ArgumentArity.ZeroOrOne };

    private static string PathOf(CommandContext context, ParseResult result, Argument<string?> file)
        => result.GetValue(file) ?? ConfigLoader.Check(ConfigLocation.Find(result.GetValue(context.Config))).KeyFile;

    private static void Print(CommandContext context, ParseResult result, string path, PubKey key)
    {
        if (result.GetValue(context.Json))
        {
            context.Output.Json(new KeyView(path, key.ToString()), CommandJson.Default.KeyView);
        }
        else
        {
            context.Output.Out.WriteLine(key.ToString());
        }
    }
}
