using System.CommandLine;

namespace Skywire.Workbench.Commands;

/// <summary><c>arm64-program</c>: the arm64 program, started through the emulator.</summary>
internal static class Arm64Command
{
    public static Command Create()
    {
        var command = new Command("arm64-program", "Publishes for linux-arm64 and prints a script that runs it under user-mode emulation. Example: tools/skyminer up --program $(tools/skyminer arm64-program)");
        command.SetAction(async (_, token) =>
        {
            var program = await SkywireProgram.PublishAsync("linux-arm64", token);
            if (await Arm64Sysroot.EnsureAsync(token) is { } reason)
            {
                throw new WorkbenchException(reason, "apt-get install qemu-user-static; the libraries come from Debian's arm64 packages");
            }

            // The heap limit keeps the emulator from charging for the address range the collector reserves.
            var script = Path.Combine(Checkout.State, "arm64", "skywire");
            await File.WriteAllTextAsync(script, $"#!/bin/sh\nexport DOTNET_gcServer=0 DOTNET_gcConcurrent=0 DOTNET_GCHeapHardLimit=0x8000000\nexec {Arm64Sysroot.Emulator} -L '{Arm64Sysroot.Folder}' '{program}' \"$@\"\n", token);
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Console.WriteLine(script);
            return 0;
        });
        return command;
    }
}
