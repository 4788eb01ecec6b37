// skywire services run
using System.CommandLine;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Visor.Config;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Commands;

internal static class ServicesCommand
{
    public static Command Create(CommandContext context)
    {
        var config = new Option<string?>("--config", "-c") { Description = "Configuration file of the services; options given beside it win.", HelpName = "FILE" };
        var only = new Option<string[]>("--only") { Description = "Run only these, separated by commas: " + string.Join(", ", ServicesSchema.KindNames) + ".", HelpName = "NAMES" };
        var data = new Option<string?>("--data") { Description = "Folder of the store and the keys. Default: ./services.", HelpName = "FOLDER" };
        var bind = new Option<string?>("--bind") { Description = "Address to listen on. Default: all.", HelpName = "IP" };
        var dmsgAddress = new Option<string?>("--dmsg-address") { Description = "host:port under which clients reach the dmsg server.", HelpName = "HOST:PORT" };
        var dmsgDiscovery = new Option<string?>("--dmsg-discovery") { Description = "The dmsg discovery, when it runs elsewhere.", HelpName = "URL" };
        var allowPrivate = new Option<bool>("--allow-private") { Description = "A closed network: private and loopback addresses are as good as public ones." };
        var memory = new Option<bool>("--memory") { Description = "Keep everything in memory." };
        return CommandContext.Group("services", "The network's own services.", context.Command(
            "run",
            "Run services until SIGTERM or Ctrl-C: all in one process, or some of them.",
            ["skywire services run --bind 192.168.1.10 --allow-private", "skywire services run --only dmsg_server --dmsg-discovery http://203.0.113.1:9090 --dmsg-address 203.0.113.2:8081", "skywire services run --config services.json"],
            [config, only, data, bind, dmsgAddress, dmsgDiscovery, allowPrivate, memory],
            async (result, _) =>
            {
                var source = result.GetValue(config);
                var file = source is null ? new ServicesFile() : ServicesSchema.Load(source);
                var folder = Path.GetFullPath(result.GetValue(data) ?? file.DataFolder, result.GetValue(data) is null && source is not null ? Path.GetDirectoryName(Path.GetFullPath(source))! : Environment.CurrentDirectory);
                if (result.GetValue(only) is { Length: > 0 } names)
                {
                    file.Only = [.. names.SelectMany(n => n.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
                }

                file.Bind = result.GetValue(bind) ?? file.Bind;
                file.DmsgAddress = result.GetValue(dmsgAddress) ?? file.DmsgAddress;
                file.DmsgDiscovery = result.GetValue(dmsgDiscovery) ?? file.DmsgDiscovery;
                file.AllowPrivate |= result.GetValue(allowPrivate);
                file.Memory |= result.GetValue(memory);

                // Options go through the same checks as a file.
                ConfigLoader.CheckText(source ?? "command line", JsonSerializer.SerializeToUtf8Bytes(file, ServicesJson.Default.ServicesFile), ServicesSchema.Root);
                await ServicesProgram.RunAsync(file, source ?? "command line", folder, context.Output.Error);
                return ExitCode.Ok;
            }));
    }
}
