// Entry point: everything is a command.
using Skywire.Visor.Commands;

var output = new CliOutput(Console.Out, Console.Error, !Console.IsOutputRedirected);
return await CommandLineProgram.RunAsync(args, output);
