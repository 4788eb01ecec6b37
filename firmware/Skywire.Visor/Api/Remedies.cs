// For each cause the one thing an operator can do about it, and the HTTP status it has.
using System.Text.Json;
using Skywire.Wire;

namespace Skywire.Visor.Api;

internal static class Remedies
{
    /// <summary>The word of a cause on every surface: API, metrics, exit text.</summary>
    public static string Word(ProtocolError cause) => JsonNamingPolicy.SnakeCaseLower.ConvertName(cause.ToString());

    /// <summary>HTTP status of a cause: 403 refused by the other side, 504 out of time, 409 not possible here, 502 for the rest.</summary>
    public static int Status(ProtocolError cause) => cause switch
    {
        ProtocolError.NotTrusted or ProtocolError.SetupRefused or ProtocolError.SettlementRefused or ProtocolError.BadCredentials or ProtocolError.ServiceRefused or ProtocolError.WrongPeer => 403,
        ProtocolError.TimedOut or ProtocolError.HandshakeTimeout or ProtocolError.KeepAliveTimeout or ProtocolError.WriteTimeout or ProtocolError.RouteSilent => 504,
        ProtocolError.TypeNotEnabled or ProtocolError.PortTaken or ProtocolError.LimitReached or ProtocolError.ShuttingDown => 409,
        _ => 502,
    };

    /// <summary>What to do.</summary>
    public static string For(ProtocolError cause) => cause switch
    {
        ProtocolError.TypeNotEnabled => "set this transport type up in the configuration (\"skywire config show\")",
        ProtocolError.AddressUnknown => "the other visor must announce itself to the same address resolver, or stand in transport.stcp.table",
        ProtocolError.DialFailed => "check that the other visor runs and that its port is open",
        ProtocolError.EntryNotFound => "the other visor is not known to the dmsg discovery: is it running, and is the key right?",
        ProtocolError.NoServer or ProtocolError.NoNextSession => "the two visors share no reachable dmsg server at the moment; try again in a minute",
        ProtocolError.NoListener => "nothing listens on that port over there; start the app, or check the port",
        ProtocolError.NoRoute => "no path is known: add a transport, or check services.transport_discovery and services.route_finder",
        ProtocolError.NoSetupNode => "no setup node could be reached: check services.route_setup_nodes and dmsg (\"skywire status\")",
        ProtocolError.SetupRefused => "a visor on the path refused; try another path or ask its operator",
        ProtocolError.NotTrusted => "the visors on the path must list the same setup node in services.route_setup_nodes",
        ProtocolError.RouteSilent => "the route was built but carried nothing; try again, another path will be chosen",
        ProtocolError.SettlementRefused or ProtocolError.BadSettlement => "the other visor refused the transport; its log says why",
        ProtocolError.WrongPeer => "another visor answers at that address; check the key and the address",
        ProtocolError.ServiceUnreachable => "check the network and the service's address (\"skywire status\")",
        ProtocolError.ServiceRefused or ProtocolError.BadServiceAnswer => "see \"skywire status\" for the service and its answer",
        ProtocolError.RateLimited => "wait a minute",
        ProtocolError.PortTaken => "choose another port, or stop what uses it",
        ProtocolError.LimitReached => "close something first, or raise the limit",
        ProtocolError.ShuttingDown => "start the visor again",
        ProtocolError.TimedOut or ProtocolError.HandshakeTimeout or ProtocolError.KeepAliveTimeout or ProtocolError.WriteTimeout => "the other side did not answer in time; try again",
        _ => "see \"skywire log\" for what came before",
    };
}
