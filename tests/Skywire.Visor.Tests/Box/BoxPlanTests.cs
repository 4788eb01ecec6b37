using System.Net;
using Skywire.Services;
using Skywire.Visor.Box;
using Skywire.Visor.Config;

namespace Skywire.Visor.Tests.Box;

public sealed class BoxPlanTests
{
    [Fact]
    public void Apply_NothingNamed_EverythingIsTheBoxs()
    {
        var plan = BoxPlan.Apply(new VisorConfig { Box = new BoxConfig { MeshName = "home" } }, TestKeys.B, IPAddress.IPv6Any);
        Assert.Equal("http://box.skywire.internal:9090", plan.Services.DmsgDiscovery);
        Assert.Equal("http://box.skywire.internal:9092", plan.Services.RouteFinder);
        Assert.Equal([TestKeys.B], plan.Services.RouteSetupNodes);
        Assert.Equal("[::]:7777", plan.Transport.Stcpr!.Listen);
        Assert.True(plan.Transport.Stcpr.AllowPrivate);
        Assert.Empty(BoxClients.Beside(plan.Services));
    }

    [Fact]
    public void Apply_PublicServicesNamed_TheyStayAndTheBoxIsBeside()
    {
        var config = new VisorConfig
        {
            Box = new BoxConfig { MeshName = "home" },
            Services = new ServicesConfig { DmsgDiscovery = "http://192.0.2.1:9090", RouteFinder = "http://192.0.2.1:9092", RouteSetupNodes = [TestKeys.C] },
            Transport = new TransportConfig { Stcpr = new StcprConfig { Listen = "0.0.0.0:7000" } },
        };
        var plan = BoxPlan.Apply(config, TestKeys.B, IPAddress.Any);
        Assert.Equal("http://192.0.2.1:9090", plan.Services.DmsgDiscovery);
        Assert.Equal(BoxPlan.UrlOf(ServiceKind.TransportDiscovery), plan.Services.TransportDiscovery);
        Assert.Equal([TestKeys.C, TestKeys.B], plan.Services.RouteSetupNodes);
        Assert.Equal("0.0.0.0:7000", plan.Transport.Stcpr!.Listen);
        Assert.Equal(["box_dmsg_discovery", "box_route_finder"], BoxClients.Beside(plan.Services).Select(s => s.Name));

        // What the operator wrote is what is shown and saved.
        Assert.Null(config.Services.TransportDiscovery);
    }

    [Fact]
    public void Consequences_Box_NothingIsMissing() => Assert.Empty(ConfigRules.Consequences(new VisorConfig { Box = new BoxConfig { MeshName = "home" } }));
}
