using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Testing;
using Skywire.Visor.Api;
using Skywire.Visor.Commands;
using Skywire.Visor.Hosting;
using Skywire.Visor.Tests.Api;
using Skywire.Visor.Tests.Config;
using Skywire.Wire;

namespace Skywire.Visor.Tests.Commands;

public sealed class CommandLineTests : TestBase
{
    private readonly TempFolder _folder = new();
    private readonly FakeVisor _visor = new();

    [Fact]
    public async Task ConfigGen_NewFolder_WritesConfigAndPrivateKeyOnce()
    {
        var file = _folder.File("sub/skywire.json");
        var first = await RunAsync("config", "gen", "-c", file, "--name", "attic", "--route-finder", "http://192.0.2.1:9092", "--setup-node", TestKeys.B.ToString());
        Assert.Equal(0, first.Code);
        Assert.Contains("note: no services.dmsg_discovery", first.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("services.route_finder", first.Out, StringComparison.Ordinal);
        var (config, key) = (File.ReadAllText(file), File.ReadAllText(_folder.File("sub/visor.key")));

        var second = await RunAsync("config", "gen", "-c", file);
        Assert.Equal(3, second.Code);
        Assert.Equal($"skywire: {file}: exists already\n  it is left as it is; use --force to replace it (the key file is never replaced)\n", second.Error);
        Assert.Equal(0, (await RunAsync("config", "gen", "-c", file, "--if-absent")).Code);
        Assert.Equal(config, File.ReadAllText(file));

        var forced = await RunAsync("config", "gen", "-c", file, "--force");
        Assert.Equal(0, forced.Code);
        Assert.Contains("kept key", forced.Out, StringComparison.Ordinal);
        Assert.Equal(key, File.ReadAllText(_folder.File("sub/visor.key")));
    }

    [Fact]
    public async Task ConfigGen_BadUrl_WritesNothing()
    {
        var run = await RunAsync("config", "gen", "-c", _folder.File("c.json"), "--route-finder", "nonsense");
        Assert.Equal(3, run.Code);
        Assert.Contains("services.route_finder: is \"nonsense\"", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task ConfigCheck_BadFile_PrintsEveryFaultAndExits3()
    {
        var file = _folder.Write("c.json", """{ "schema_version": 1, "nmae": 1, "dmsg": { "min_sessions": 99 } }""");
        var run = await RunAsync("config", "check", file);
        Assert.Equal(3, run.Code);
        Assert.Equal($"skywire: {file}: nmae: unknown key\n  did you mean \"name\"?\nskywire: {file}: dmsg.min_sessions: is 99, expected a number from 1 to 16\n  for example 2\n", run.Error);
        var json = await RunAsync("config", "check", file, "--json");
        Assert.Equal(3, json.Code);
        using var document = JsonDocument.Parse(json.Out);
        Assert.False(document.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal("nmae", document.RootElement.GetProperty("problems")[0].GetProperty("key").GetString());
    }

    [Fact]
    public async Task ConfigImport_ReferenceFile_WritesConfigAndKeyAndLeavesTheOriginal()
    {
        var source = _folder.Write("reference.json", ReferenceImportTests.Fixture());
        var before = File.ReadAllBytes(source);
        var target = _folder.File("new/skywire.json");
        var run = await RunAsync("config", "import", source, "-c", target);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Code);
        Assert.Contains("not carried over: hypervisors:", run.Out, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(source));
        var bytes = new byte[32];
        TestKeys.Secret.Export(bytes);
        Assert.DoesNotContain(Convert.ToHexStringLower(bytes), File.ReadAllText(target), StringComparison.Ordinal);
        Assert.Equal(TestKeys.A.ToString(), (await RunAsync("key", "show", _folder.File("new/visor.key"))).Out.Trim());
        Assert.Equal(3, (await RunAsync("config", "import", source, "-c", target)).Code);
    }

    [Fact]
    public async Task Key_GenShowCheck_Agree()
    {
        var path = _folder.File("k");
        var made = (await RunAsync("key", "gen", path)).Out.Trim();
        Assert.Equal(made, (await RunAsync("key", "show", path)).Out.Trim());
        Assert.Equal($"{{\"file\":\"{path}\",\"public_key\":\"{made}\"}}", (await RunAsync("key", "show", path, "--json")).Out.Trim());
        Assert.Equal(0, (await RunAsync("key", "check", path)).Code);
        Assert.Equal(3, (await RunAsync("key", "gen", path)).Code);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal(3, (await RunAsync("key", "check", path)).Code);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("tp", "add", "02ab")]
    [InlineData("tp", "add")]
    [InlineData("tp", "rm", "x")]
    [InlineData("ping", "PK", "-n", "0")]
    [InlineData("route", "dial", "PK", "70000")]
    [InlineData("route", "find", "PK", "--min-hops", "99")]
    [InlineData("log", "--level", "loud")]
    [InlineData("completion", "tcsh")]
    [InlineData("status", "--url", "localhost")]
    public async Task Any_WrongUsage_Exits2WithCauseAndRemedy(params string[] args)
    {
        var run = await RunAsync([.. args.Select(a => a == "PK" ? TestKeys.B.ToString() : a)]);
        Assert.Equal(2, run.Code);
        Assert.Matches("^skywire: .+\n  .+\n$", run.Error);
        Assert.Equal("", run.Out);
    }

    [Fact]
    public async Task Status_NoVisor_Exits4()
    {
        var run = await RunAsync("status", "--socket", _folder.File("none.sock"));
        Assert.Equal(4, run.Code);
        Assert.StartsWith($"skywire: no visor answers at {_folder.File("none.sock")}\n  start it with", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status", "State", "joined: 1 transport up")]
    [InlineData("tp ls", "ADDRESS", "192.0.2.7:7777")]
    [InlineData("tp add PK", "REMOTE", "stcpr")]
    [InlineData("tp rm ID", "removed", "")]
    [InlineData("route ls", "NEXT TRANSPORT", "forward")]
    [InlineData("route groups", "REMOTE PORT", "49152")]
    [InlineData("route find PK", "DIRECTION", "there")]
    [InlineData("route dial PK 3", "carried traffic", "40.0 ms")]
    [InlineData("app ls", "AUTO START", "running")]
    [InlineData("app start skysocks", "NAME", "skysocks")]
    [InlineData("app stop skysocks", "NAME", "skysocks")]
    [InlineData("ping PK", "2 of 3 came back", "average 1.5 ms")]
    [InlineData("box status", "Served by", "cellar at 192.0.2.7, claim 2")]
    [InlineData("box members", "SERVES", "cellar")]
    [InlineData("log", "", "")]
    public async Task Remote_EachCommand_PrintsATableOrJson(string command, string first, string second)
    {
        _visor.Box = FakeVisor.SampleBox;
        var (socket, server) = await ServeAsync();
        await using (server)
        {
            string[] args = [.. command.Split(' ').Select(a => a == "PK" ? TestKeys.B.ToString() : a == "ID" ? FakeVisor.Id.ToString() : a), "--socket", socket];
            var table = await RunAsync(args);
            Assert.Equal("", table.Error);
            Assert.Equal(0, table.Code);
            Assert.Contains(first, table.Out, StringComparison.Ordinal);
            Assert.Contains(second, table.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("\u001b", table.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("\u2502", table.Out, StringComparison.Ordinal);
            using var json = JsonDocument.Parse((await RunAsync([.. args, "--json"])).Out);
            AssertSnakeCase(json.RootElement);
        }
    }

    [Theory]
    [InlineData(ProtocolError.NotTrusted, 5)]
    [InlineData(ProtocolError.TimedOut, 6)]
    [InlineData(ProtocolError.NoRoute, 1)]
    public async Task Remote_Failure_HasItsExitCode(ProtocolError cause, int code)
    {
        var (socket, server) = await ServeAsync();
        await using (server)
        {
            _visor.Failure = new ProtocolException(cause, "what happened");
            var run = await RunAsync("ping", TestKeys.B.ToString(), "--socket", socket);
            Assert.Equal(code, run.Code);
            Assert.Equal($"skywire: what happened\n  {Remedies.For(cause)}\n", run.Error);
        }
    }

    [Fact]
    public async Task StatusCheck_Health_DecidesTheExitCode()
    {
        var (socket, server) = await ServeAsync();
        await using (server)
        {
            Assert.Equal(0, (await RunAsync("status", "--check", "--socket", socket)).Code);
            _visor.Healthy = false;
            var run = await RunAsync("status", "--check", "--socket", socket);
            Assert.Equal(1, run.Code);
            Assert.Contains("starting", run.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Status_NameWithEscapes_CannotReachTheTerminal()
    {
        _visor.Name = "a\u001b[2Jb\nc";
        var (socket, server) = await ServeAsync();
        await using (server)
        {
            Assert.Contains("a?[2Jb?c", (await RunAsync("status", "--socket", socket)).Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _skywire skywire")]
    [InlineData("zsh", "#compdef skywire")]
    [InlineData("fish", "complete -c skywire")]
    public async Task Completion_Shell_PrintsItsScript(string shell, string part) => Assert.Contains(part, (await RunAsync("completion", shell)).Out, StringComparison.Ordinal);

    [Fact]
    public async Task Suggest_BeginOfAWord_GivesCommands() => Assert.Contains("config", (await RunAsync("[suggest:9]", "skywire c")).Out, StringComparison.Ordinal);

    [Theory]
    [InlineData("status")]
    [InlineData("tp", "add")]
    [InlineData("config", "gen")]
    [InlineData("config", "import")]
    [InlineData("key", "gen")]
    [InlineData("visor", "run")]
    [InlineData("services", "run")]
    public async Task Help_EachCommand_HasExamples(params string[] command)
    {
        var run = await RunAsync([.. command, "--help"]);
        Assert.Equal(0, run.Code);
        Assert.Matches(@"Examples:\n  skywire " + command[0], run.Out);
    }

    [Fact]
    public void CliDocument_ExitCodes_AreTheRealOnes()
    {
        var text = File.ReadAllText(Path.Combine(Vectors.Folder, "..", "..", "docs", "cli.md"));
        foreach (var field in typeof(ExitCode).GetFields())
        {
            Assert.Matches($@"\| {field.GetRawConstantValue()} \|", text);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private static void AssertSnakeCase(JsonElement element)
    {
        foreach (var member in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().ToList() : [])
        {
            Assert.Matches(new Regex("^[a-z0-9_]+$"), member.Name);
            AssertSnakeCase(member.Value);
        }

        foreach (var item in element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().ToList() : [])
        {
            AssertSnakeCase(item);
        }
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLineProgram.RunAsync(args, new CliOutput(output, error, isTerminal: false));
        return (code, output.ToString(), error.ToString());
    }

    private async Task<(string Socket, HttpServer Server)> ServeAsync()
    {
        var socket = _folder.File("api.sock");
        var api = new ApiHandler(_visor, new LogRing(10, TimeProvider.System), new RequestGate([], null, TimeProvider.System), null, TimeProvider.System, TimeSpan.FromSeconds(10));
        return (socket, await HttpServer.StartAsync(api, new HttpServerOptions { Socket = socket }, NullLoggerFactory.Instance, Deadline));
    }
}
