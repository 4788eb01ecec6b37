// Gathers what the console page shows from what the service knows; the same for the service and for `skywire board show`.
using Skywire.Boards.Leds;
using Skywire.Boards.Settings;

namespace Skywire.Boards.Running;

/// <summary>Makes facts of the console page.</summary>
public static class ConsoleFactsOf
{
    /// <summary>The facts at this moment.</summary>
    public static ConsoleFacts Make(BoardParts parts, SettingsOutcome? settings, (BoardState State, string Reason) judged, MeshStatus? mesh, AirStatus? air = null)
    {
        var isSteady = judged.State == BoardState.Traffic;
        return new ConsoleFacts
        {
            Name = settings?.Name ?? Environment.MachineName,
            Title = parts.Model.Length > 0 ? parts.Model : parts.Board.Title,
            Release = parts.Release,
            State = isSteady ? BoardState.Joined : judged.State,
            Reason = isSteady ? judged.Reason.Replace(", routes carry traffic", "", StringComparison.Ordinal) : judged.Reason,
            Box = Box(settings, mesh?.Box),
            Air = Air(air),
            Addresses = parts.Addresses(),
            PublicKey = mesh?.PublicKey ?? settings?.PublicKey ?? "",
            PagePort = settings?.PagePort ?? SettingsApplier.PagePort,
            PagePassword = SettingsApplier.Secrets(parts.Places)?.PagePassword ?? "",
            Setup = Offer(parts.Places),
            Mistakes = [.. settings?.Mistakes.Select(SettingsErrors.Line) ?? []],
        };
    }

    // The state alone: a reason with a signal in it would have the page printed anew all the time.
    private static string Air(AirStatus? air) => air?.State switch
    {
        null or "" or AirWords.NoRadio => "",
        AirWords.Setup => air.SetupName.Length > 0 ? $"connect a phone to the network {air.SetupName} to set this board up" : "the setup access point is open",
        var state => AirWords.Meaning(state),
    };

    /// <summary>The setup access point while it is offered. A file with a part missing is somebody else's.</summary>
    internal static SetupOffer? Offer(ApplyPlaces places) => KeptFile.Read(places.SetupFile, BoardJson.Default.SetupOffer) is { Name.Length: > 0, Code.Length: > 0, Address.Length: > 0, Qr.Length: > 0 } offer ? offer : null;

    private static string Box(SettingsOutcome? settings, MeshBox? box)
    {
        var open = settings is { IsOpenBox: true } ? " (open: anybody's board on this wire may join)" : "";
        return box is null ? (settings is { IsOpenBox: true } ? settings.MeshName + open : "")
            : $"{box.MeshName}{open}, {box.Members} board{(box.Members == 1 ? "" : "s")}, {(box.IsServing ? "this one serves" : box.Server.Length > 0 ? $"served by {box.Server}" : "none serves yet")}";
    }
}
