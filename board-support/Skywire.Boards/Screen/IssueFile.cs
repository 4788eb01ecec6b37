// Hands the console page to the gettys: they show /etc/issue above their login prompt and show it anew when a trigger file is touched, on serial lines and HDMI alike.
using System.Text;
using Skywire.Linux;

namespace Skywire.Boards.Screen;

/// <summary>Writes the issue file.</summary>
public sealed class IssueFile(string file, string trigger = IssueFile.SystemTrigger)
{
    /// <summary>What agetty --reload touches (util-linux).</summary>
    public const string SystemTrigger = "/run/agetty.reload";

    // It may hold the page's password: gettys run as root, nobody else reads it.
    private const UnixFileMode Mode = AtomicFile.GroupReadable;

    private string _shown = "";

    /// <summary>Why it could not be written; empty when it could.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Shows a page unless it is shown already; true when written.</summary>
    public bool Show(string page)
    {
        if (page == _shown)
        {
            return false;
        }

        try
        {
            KeepTogether(page);
            _shown = page;
            Fault = "";
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fault = e.Message;
            return false;
        }
    }

    private void KeepTogether(string page)
    {
        AtomicFile.Write(file, Encoding.UTF8.GetBytes(page), Mode);
        if (File.Exists(trigger))
        {
            // A write is what their inotify waits for.
            using var touched = new FileStream(trigger, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            touched.SetLength(0);
            touched.WriteByte((byte)'\n');
        }
    }
}
