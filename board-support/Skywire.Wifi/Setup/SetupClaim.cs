// What the setup access point asks of the wifi service: a radio, while somebody without a cable is to give the board its settings.
using Skywire.Wifi.Control;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Setup;

/// <summary>What the setup access point wants now.</summary>
/// <param name="Network">The access point to open; frequency 0 leaves the channel to the service. Null: no radio is wanted (setup waits or is closed).</param>
/// <param name="Report">Its account; null when there is nothing to tell.</param>
public sealed record SetupClaim(SupplicantNetwork? Network, SetupReport? Report);
