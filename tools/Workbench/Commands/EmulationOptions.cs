// Options that every command about emulated boards takes.
using System.CommandLine;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Commands;

/// <summary>Image, loader, memory and ports.</summary>
internal sealed class EmulationOptions(string machine, int sshPort, int pagePort, int memoryMb = 1024)
{
    private readonly Option<string?> _image = new("--image") { Description = "an image (.img) of tools/skyminer image; default: the universal one made last" };
    private readonly Option<string?> _loader = new("--loader") { Description = "the U-Boot to hand to QEMU; default: the one made with the image" };
    private readonly Option<string?> _trees = new("--device-trees") { Description = "folder of the kernel's device trees; default: those made with the image" };
    private readonly Option<int> _memory = new("--memory") { Description = "megabytes a board has; 512 is the smallest board", DefaultValueFactory = _ => memoryMb };
    private readonly Option<int> _sshPort = new("--ssh-port") { Description = "first of the ports on 127.0.0.1 that lead to the boards' ssh", DefaultValueFactory = _ => sshPort };
    private readonly Option<int> _pagePort = new("--page-port") { Description = "first of the ports on 127.0.0.1 that lead to the boards' pages", DefaultValueFactory = _ => pagePort };

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        command.Add(_image);
        command.Add(_loader);
        if (machine == QemuMachine.Raspi3b)
        {
            command.Add(_trees);
            return command;
        }

        command.Add(_memory);
        command.Add(_sshPort);
        command.Add(_pagePort);
        foreach (var port in new[] { _sshPort, _pagePort })
        {
            port.Validators.Add(r => RequireRange(r, 1024, 65_000, "a port from 1024 to 65000"));
        }

        _memory.Validators.Add(r => RequireRange(r, 256, 8192, "256 to 8192 megabytes"));
        return command;
    }

    /// <summary>What was given, as a plan of boards and the image they boot.</summary>
    public (FleetPlan Plan, BoardImage Image) Read(ParseResult parsed, string folder, int boards)
    {
        var image = BoardImage.Find(machine, parsed.GetValue(_image), parsed.GetValue(_loader), machine == QemuMachine.Raspi3b ? parsed.GetValue(_trees) : null);
        return machine == QemuMachine.Raspi3b
            ? (FleetPlan.Create(folder, image, machine, boards, 1024, sshPort, pagePort), image)
            : (FleetPlan.Create(folder, image, machine, boards, parsed.GetValue(_memory), parsed.GetValue(_sshPort), parsed.GetValue(_pagePort)), image);
    }

    private static void RequireRange(System.CommandLine.Parsing.OptionResult result, int least, int most, string words)
    {
        if (result.GetValueOrDefault<int>() < least || result.GetValueOrDefault<int>() > most)
        {
            result.AddError($"{result.Option.Name} takes {words}");
        }
    }
}
