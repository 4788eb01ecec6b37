// How a command changes the settings on the card without being allowed to touch it.
using Skywire.Boards.Settings;

namespace Skywire.Visor.Wifi;

/// <summary>Orders a change of the settings. Who may write the card carries it out and takes the order away.</summary>
internal interface ISettingsOrder
{
    /// <summary>True while an order waits to be carried out.</summary>
    bool IsWaiting { get; }

    /// <summary>Gives the order: keys of skyminer.conf with their new values. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>. Values may be secret.</summary>
    void Give(IReadOnlyList<(string Key, string Value)> changes);

    /// <summary>What was wrong with the last order given; empty while that is not known, or when nothing was.</summary>
    IReadOnlyList<SettingsMistake> Mistakes();

    /// <summary>Takes an order back that nobody carried out; nothing happens when there is none.</summary>
    void Revoke();
}
