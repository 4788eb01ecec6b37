using System.Net;
using Skywire.Boards.Running;

namespace Skywire.Boards.Tests.Running;

public sealed class LocalAddressListTests
{
    [Fact]
    public void Order_Addresses_ThoseForPeopleComeFirst()
        => Assert.Equal(
            ["10.0.0.5", "169.254.7.7", "2001:db8::1"],
            LocalAddressList.Order([IPAddress.Parse("2001:db8::1"), IPAddress.Parse("fe80::1"), IPAddress.Parse("169.254.7.7"), IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("10.0.0.5")]));
}
