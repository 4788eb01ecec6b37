// From the configuration to the update client's settings. What ConfigSchema let through cannot fail here.
using Skywire.Update.Policy;
using Skywire.Visor.Config;

namespace Skywire.Visor.Updates;

internal static class UpdateSettingsOf
{
    /// <summary>The settings of a section.</summary>
    public static UpdateSettings Config(UpdateConfig config)
    {
        var channel = Enum.Parse<UpdateChannel>(config.Channel, ignoreCase: true);
        var settings = UpdateSettings.Default with
        {
            Channel = channel,
            PinnedVersion = config.PinnedVersion ?? "",
            Feed = config.Feed is { } feed ? FeedOf(feed, channel) : null,
            Window = UpdateWindow.Parse(config.Window)!,
            BytesPerSecond = config.RateLimit * 1024L,
            Trial = config.Trial,
            IsAutomatic = config.Automatic,
        };
        settings.Validate();
        return settings;
    }

    // A pinned board may be at any version; releases are what most publishers keep.
    private static Uri FeedOf(string address, UpdateChannel channel)
        => new(address.EndsWith('/') ? $"{address}{(channel == UpdateChannel.Testing ? "testing" : "stable")}.json" : address);
}
