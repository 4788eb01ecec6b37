// The command line of the radio lab: simulated radios for the checks on an emulated board, and recordings of real ones.
using System.CommandLine;
using System.Globalization;
using Skywire.RadioLab;

var root = new RootCommand("""
    Makes and removes simulated radios (mac80211_hwsim), and records what the kernel says of this machine's radios. Needs root.

    Examples:
      modprobe mac80211_hwsim radios=0
      radiolab add --types mesh,ap,station --name radio0            prints the radio's number
      radiolab add --types station,ap --name radio1 --country DE
      radiolab list --json
      iw phy radio1 set netns name board2                           into another network namespace
      radiolab remove 0
      radiolab dump > chip.txt                                      what this machine's radios are, as hex lines

    Exit codes: 0 done, 1 the kernel refused (the text says why), 2 usage.
    """)
{
    Add(),
    Remove(),
    List(),
    Dump(),
};

var parsed = root.Parse(args);
var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
return parsed.Errors.Count > 0 ? 2 : code;

static Command Add()
{
    var types = new Option<string[]>("--types")
    {
        Description = $"what it can be: {string.Join(", ", SimulatedRadios.Types.Keys)}. Without station it comes without an interface: iw phy NAME interface add ...",
        AllowMultipleArgumentsPerToken = true,
        Required = true,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries))],
    };
    types.Validators.Add(result =>
    {
        foreach (var word in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries)).Where(word => !SimulatedRadios.Types.ContainsKey(word)))
        {
            result.AddError($"{word} is no type; these are: {string.Join(", ", SimulatedRadios.Types.Keys)}");
        }
    });
    var name = new Option<string>("--name") { Description = "name of the radio, as phy0", Required = true };
    var channels = new Option<int>("--channels") { Description = "different channels it can use at the same time", DefaultValueFactory = _ => 1 };
    var country = new Option<string>("--country") { Description = "country its driver asks the kernel for, two letters", DefaultValueFactory = _ => "" };
    var address = new Option<string>("--address") { Description = "its own address, 02:00:00:00:00:00; the kernel's choice without", DefaultValueFactory = _ => "" };
    var command = new Command("add", "Makes a radio and prints its number. Example: radiolab add --types mesh,station --name radio0") { types, name, channels, country, address };
    command.SetAction(given => Try(() => Console.WriteLine(SimulatedRadios.Open().Add(
        new SimulatedRadio(given.GetValue(name)!, given.GetValue(types)!, given.GetValue(channels), given.GetValue(country)!, given.GetValue(address)!)).ToString(CultureInfo.InvariantCulture))));
    return command;
}

static Command Remove()
{
    var id = new Argument<int>("id") { Description = "number of the radio, as add printed it" };
    var command = new Command("remove", "Removes a radio. Example: radiolab remove 0") { id };
    command.SetAction(given => Try(() => SimulatedRadios.Open().Remove(given.GetValue(id))));
    return command;
}

static Command List()
{
    var json = new Option<bool>("--json") { Description = "as JSON" };
    var command = new Command("list", "The simulated radios of this network namespace. Example: radiolab list --json") { json };
    command.SetAction(given => Try(() =>
    {
        var radios = SimulatedRadios.Open().All();
        if (given.GetValue(json))
        {
            Console.WriteLine(SimulatedRadios.ToJson(radios));
            return;
        }

        foreach (var (id, name) in radios)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id,4} {name}"));
        }
    }));
    return command;
}

static Command Dump()
{
    var command = new Command("dump", "Prints what nl80211 says of this machine's radios, a message a line: what it is, and its payload in hex. Example: radiolab dump > chip.txt");
    command.SetAction(_ => Try(() =>
    {
        foreach (var (kind, payload) in Recording.Take())
        {
            Console.WriteLine($"{kind} {Convert.ToHexStringLower(payload)}");
        }
    }));
    return command;
}

static int Try(Action action)
{
    try
    {
        action();
        return 0;
    }
    catch (IOException e)
    {
        Console.Error.WriteLine($"radiolab: {e.Message}");
        return 1;
    }
}
