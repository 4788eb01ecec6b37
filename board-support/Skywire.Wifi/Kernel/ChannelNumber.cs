// Numbers of channels: the kernel speaks of frequencies only.
namespace Skywire.Wifi.Kernel;

/// <summary>Channel numbers (802.11-2020, annex E).</summary>
internal static class ChannelNumber
{
    /// <summary>The number of a channel with this middle, MHz; 0 for none of 2.4, 5 and 6 GHz.</summary>
    public static int Of(int frequency) => frequency switch
    {
        2484 => 14,
        >= 2412 and < 2484 => (frequency - 2407) / 5,
        // The Japanese channels below 5 GHz count from 4000.
        >= 4910 and <= 4980 => (frequency - 4000) / 5,
        5935 => 2,
        > 5000 and < 5950 => (frequency - 5000) / 5,
        >= 5955 and <= 7115 => (frequency - 5950) / 5,
        _ => 0,
    };
}
