// Reads a board's serial console as it is written, and stamps each line with the seconds since power-on.
using System.Diagnostics;
using System.Text;

namespace Skywire.Workbench.Emulation;

/// <summary>Watches a board from one power-on. Several tasks may read; only one at a time looks at <see cref="Log"/>. Make it before the emulator is started: what the file holds by then belongs to earlier starts.</summary>
internal sealed class ConsoleWatch
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly EmulatedBoard _board;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _line = new();
    private long _position;

    /// <summary>Starts the clock.</summary>
    public ConsoleWatch(EmulatedBoard board)
    {
        _board = board;
        _position = File.Exists(board.Console) ? new FileInfo(board.Console).Length : 0;
    }

    /// <summary>The milestones so far.</summary>
    public BootLog Log { get; } = new();

    /// <summary>Seconds since power-on.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>Everything read.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>True when the last start has come to <paramref name="step"/>, as far as was read.</summary>
    public bool HasReached(BootStep step)
    {
        lock (_lock)
        {
            return Log.Seconds.ContainsKey(step);
        }
    }

    /// <summary>Reads until a step has been reached. Throws, with what the console said last, when the emulator ended or <paramref name="limit"/> passed.</summary>
    public async Task<double> WaitAsync(BootStep step, TimeSpan limit, CancellationToken cancellationToken)
    {
        await WaitAsync(() => Log.Seconds.ContainsKey(step), $"{step.ToString().ToLowerInvariant()} was not reached", limit, cancellationToken);
        return Log.Seconds[step];
    }

    /// <summary>Reads until <paramref name="isThere"/> holds.</summary>
    public async Task WaitAsync(Func<bool> isThere, string otherwise, TimeSpan limit, CancellationToken cancellationToken)
    {
        var end = _clock.Elapsed + limit;
        while (true)
        {
            Read();
            if (isThere())
            {
                return;
            }

            if (_clock.Elapsed > end || QemuProcess.Pid(_board) is null)
            {
                var why = _clock.Elapsed > end ? $"within {limit.TotalSeconds:0} s" : "and the emulator has ended";
                throw new WorkbenchException($"board {_board.Name}: {otherwise} {why}; {LastWords()}", $"the whole console: {_board.Console}");
            }

            await Task.Delay(Look, cancellationToken);
        }
    }

    /// <summary>What the console said last, for a message.</summary>
    public string LastWords()
    {
        Read();
        return "the console's last words: " + string.Join(" | ", Text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).TakeLast(3));
    }

    /// <summary>Takes what has been written since the last call.</summary>
    public void Read()
    {
        lock (_lock)
        {
            ReadAll();
        }
    }

    private void ReadAll()
    {
        if (!File.Exists(_board.Console))
        {
            return;
        }

        using var file = new FileStream(_board.Console, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Min(_position, file.Length);
        var bytes = new byte[64 * 1024];
        int n;
        while ((n = file.Read(bytes)) > 0)
        {
            _position += n;
            Take(Encoding.UTF8.GetString(bytes, 0, n));
        }

        // A login prompt ends without a line's end.
        Log.AddOpen(_line.ToString(), Seconds);
    }

    private void Take(string text)
    {
        _text.Append(text);
        foreach (var c in text)
        {
            if (c != '\n')
            {
                _line.Append(c);
                continue;
            }

            Log.Add(_line.ToString(), Seconds);
            _line.Clear();
        }
    }

}
