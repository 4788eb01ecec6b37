// The progress of an installation: one line that is drawn anew on a terminal, a line a phase elsewhere.
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Commands;

internal sealed class UpdateBar(CliOutput output)
{
    private const int Cells = 30;

    private string _shown = "";
    private int _length;

    /// <summary>Shows the picture.</summary>
    public void Show(UpdateView view)
    {
        if (output.IsTerminal)
        {
            var filled = view.Percent * Cells / 100;
            var line = $"{view.Phase,-18} [{new string('#', filled)}{new string('.', Cells - filled)}] {view.Percent,3} %  {Detail(view)}";
            line = line.Length < Console.WindowWidth || Console.WindowWidth < Cells ? line : line[..(Console.WindowWidth - 1)];
            output.Out.Write('\r' + line.PadRight(_length));
            _length = line.Length;
        }
        else if (view.Phase != _shown)
        {
            output.Out.WriteLine(view.Phase);
        }

        _shown = view.Phase;
    }

    /// <summary>Leaves the line.</summary>
    public void End()
    {
        if (_length > 0)
        {
            output.Out.WriteLine();
            _length = 0;
        }
    }

    private static string Detail(UpdateView view)
    {
        var text = view.Phase switch
        {
            "downloading" => $"{Arguments.Bytes(view.BytesHeld)} of {Arguments.Bytes(view.BytesTotal)}, {Arguments.Bytes(view.BytesFromSlot)} from the running slot",
            "installing" when view.Step.Length > 0 => view.Step,
            _ => view.Reason,
        };
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
