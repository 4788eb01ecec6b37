// What the setup access point asks of the wifi service: a radio, while somebody without a cable is to give the board its settings.
using Skywire.Wifi.Control;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Setup;

/// <summary>What the setup access point wants now.</summary>
/// <param name="Network">The access point to open, its frequency left to the service when it is 0; null while none is wanted. Holds the code: secret.</param>
/// <param name="Report">Its account, without the code.</param>
public sealed record SetupClaim(SupplicantNetwork? Network, SetupReport Report);
