// What the setup access point wants of a radio, and what the account says of it.
using Skywire.Wifi.Control;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Setup;

/// <summary>The setup access point's claim.</summary>
/// <param name="Network">The access point a radio is to be; null while none is wanted. Holds the code: secret.</param>
/// <param name="Report">Its account, without the code.</param>
public sealed record SetupClaim(SupplicantNetwork? Network, SetupReport Report);
