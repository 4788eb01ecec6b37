// Tells who waits that something goes on: one line drawn anew on a terminal, each new text once elsewhere. On standard error, so that what is piped on stays clean.
namespace Skywire.Visor.Commands;

internal sealed class ProgressLine(CliOutput output)
{
    private string _text = "";
    private int _length;

    /// <summary>Shows what goes on and for how long.</summary>
    public void Show(string text, TimeSpan waited)
    {
        if (output.IsTerminal)
        {
            var line = $"{text} ({waited.TotalSeconds:0} s)";
            output.Error.Write('\r' + line.PadRight(_length));
            _length = line.Length;
        }
        else if (text != _text)
        {
            output.Error.WriteLine(text);
        }

        _text = text;
    }

    /// <summary>Wipes the line.</summary>
    public void End()
    {
        if (_length > 0)
        {
            output.Error.Write('\r' + new string(' ', _length) + '\r');
            _length = 0;
        }
    }
}
