// What the console page shows.
using Skywire.Boards.Leds;
using Skywire.Boards.Settings;

namespace Skywire.Boards.Running;

/// <summary>Facts of the console page.</summary>
public sealed record ConsoleFacts
{
    /// <summary>Host name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The machine in words.</summary>
    public string Title { get; init; } = "";

    /// <summary>Version of the image and the program.</summary>
    public string Release { get; init; } = "";

    /// <summary>State shown; traffic counts as joined, for a page that is printed anew with every packet cannot be read.</summary>
    public BoardState State { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The box in words; "" outside of any.</summary>
    public string Box { get; init; } = "";

    /// <summary>The air in words; "" without a radio.</summary>
    public string Air { get; init; } = "";

    /// <summary>Addresses of this board, those for people first.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The visor's key.</summary>
    public string PublicKey { get; init; } = "";

    /// <summary>Port of the local page.</summary>
    public int PagePort { get; init; }

    /// <summary>The page's password if it was made here; "" if its owner set it. Secret: for the console only.</summary>
    public string PagePassword { get; init; } = "";

    /// <summary>The setup access point; null while none is offered. Secret: for the console only.</summary>
    public SetupOffer? Setup { get; init; }

    /// <summary>Mistakes in the settings, a line each.</summary>
    public IReadOnlyList<string> Mistakes { get; init; } = [];
}
