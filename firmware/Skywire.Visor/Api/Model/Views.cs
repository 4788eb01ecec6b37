// What the local API and every --json output show. Names are these in snake_case and are stable: only added to, never renamed.
namespace Skywire.Visor.Api.Model;

/// <summary>A visor at a glance.</summary>
internal sealed record StatusView
{
    public required string PublicKey { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    public required string Commit { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required long UptimeSeconds { get; init; }

    /// <summary>booting, no_link, linked, joined, traffic or attention: what the LEDs show.</summary>
    public required string State { get; init; }

    /// <summary>Why it is in this state.</summary>
    public required string StateReason { get; init; }

    public required DmsgView Dmsg { get; init; }

    public required IReadOnlyList<ServiceView> Services { get; init; }

    /// <summary>Null: this board belongs to no box.</summary>
    public BoxView? Box { get; init; }

    public required int TransportsUp { get; init; }

    public required int RouteGroups { get; init; }

    public required int Rules { get; init; }

    public required IReadOnlyList<ListenView> Listening { get; init; }

    /// <summary>Null: this visor takes care of no updates.</summary>
    public UpdateBriefView? Update { get; init; }

    /// <summary>Null: no wifi service ever reported here.</summary>
    public WifiBriefView? Wifi { get; init; }

    /// <summary>What does not work as it is set up, and what needs a hand.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>The box this board belongs to. Role: listening, waiting, following, starting, serving.</summary>
internal sealed record BoxView
{
    public required string MeshName { get; init; }

    /// <summary>What the wire sees of it.</summary>
    public required string MeshId { get; init; }

    public required string Role { get; init; }

    /// <summary>The serving board answered since it serves, and a link to another board of the box is up.</summary>
    public required bool Joined { get; init; }

    /// <summary>Why it is not joined.</summary>
    public required string Reason { get; init; }

    /// <summary>What needs a hand: a port that is taken, services that do not start.</summary>
    public required string Problem { get; init; }

    /// <summary>When the serving board first answered; null while it has not.</summary>
    public DateTimeOffset? Since { get; init; }

    public BoxServingView? Serving { get; init; }

    /// <summary>The other boards.</summary>
    public required IReadOnlyList<BoxMemberView> Members { get; init; }

    /// <summary>How often another board or another life of a board began to serve.</summary>
    public required long Takeovers { get; init; }

    /// <summary>Interfaces and address families that beacons go out on.</summary>
    public required int Ways { get; init; }

    public required long BeaconsSent { get; init; }

    public required long BeaconsHeard { get; init; }

    /// <summary>Datagrams not taken, by reason.</summary>
    public required IReadOnlyDictionary<string, long> BeaconsRefused { get; init; }
}

/// <summary>The board that serves.</summary>
internal sealed record BoxServingView(string Key, string Name, string Address, bool IsSelf, ulong Term);

/// <summary>Another board of the box.</summary>
internal sealed record BoxMemberView(string Key, string Name, string Address, bool Serving, bool Linked, double SilenceSeconds);

/// <summary>The dmsg client.</summary>
internal sealed record DmsgView(bool Enabled, bool Ready, string Reason, IReadOnlyList<string> Servers);

/// <summary>A service as measured by the calls made to it. State: unused, waiting (not called yet), ok, failing.</summary>
internal sealed record ServiceView(string Name, string Url, string State, string Reason, DateTimeOffset? LastAnswerAt, long Answers, long Failures);

/// <summary>An address that accepts.</summary>
internal sealed record ListenView(string What, string Address);

/// <summary>A link to a neighbour.</summary>
internal sealed record TransportView(string Id, string RemoteKey, string Type, string Label, bool Up, bool Initiator, long SentBytes, long ReceivedBytes, long SentPackets, long ReceivedPackets, double AgeSeconds, double? RoundTripMs, string RemoteAddress);

/// <summary>A routing rule.</summary>
internal sealed record RuleView(uint RouteId, string Type, string NextTransport, uint? NextRouteId, string Remote, int? LocalPort, int? RemotePort, double KeepAliveSeconds);

/// <summary>An open route with an app at its end.</summary>
internal sealed record RouteGroupView(string Remote, int RemotePort, int LocalPort, double? RoundTripMs, long SentBytes, long ReceivedBytes);

/// <summary>One hop of a path.</summary>
internal sealed record HopView(string TransportId, string From, string To);

/// <summary>Paths between this visor and another, best first.</summary>
internal sealed record PathsView(string Destination, IReadOnlyList<IReadOnlyList<HopView>> Forward, IReadOnlyList<IReadOnlyList<HopView>> Reverse);

/// <summary>The outcome of a trial dial: the route carried traffic both ways, then was closed.</summary>
internal sealed record DialView(string Remote, int Port, double SetupMs, double? RoundTripMs);

/// <summary>An app. Status: stopped, starting, running, failed.</summary>
internal sealed record AppView(string Name, string Kind, int Port, bool AutoStart, string Status, string Detail, int Connections);

/// <summary>Round trips to a visor.</summary>
internal sealed record PingView(string Remote, string Over, int Sent, int Received, IReadOnlyList<double> RoundTripsMs, double? MinimumMs, double? AverageMs, double? MaximumMs);

/// <summary>A line of the log.</summary>
internal sealed record LogLineView(long Sequence, DateTimeOffset At, string Level, string Component, int EventId, string Message);

/// <summary>Lines of the log; ask again with <paramref name="Next"/> for what came after.</summary>
internal sealed record LogView(IReadOnlyList<LogLineView> Lines, long Next);

/// <summary>One second: bytes per second over all transports, transports up, route groups open.</summary>
internal sealed record SampleView(DateTimeOffset At, long Sent, long Received, int Transports, int RouteGroups);

/// <summary>The last minutes, oldest first.</summary>
internal sealed record SamplesView(int IntervalSeconds, IReadOnlyList<SampleView> Samples);

/// <summary>One check.</summary>
internal sealed record CheckView(string Name, bool Ok, string Reason);

/// <summary>Fit for service or not, and why.</summary>
internal sealed record HealthView(bool Healthy, IReadOnlyList<CheckView> Checks);

/// <summary>A failure: a stable word, what happened, what to do.</summary>
internal sealed record ErrorView(string Code, string Message, string Remedy);

/// <summary>The body of every failure.</summary>
internal sealed record ErrorBody(ErrorView Error);

/// <summary>The body of a change that has nothing to show.</summary>
internal sealed record DoneView(bool Done);

/// <summary>Asks for a transport.</summary>
internal sealed record AddTransportRequest(string RemoteKey, string Type);

/// <summary>Asks for a trial dial.</summary>
internal sealed record DialRequest(string RemoteKey, int Port, int? MinHops);

/// <summary>Asks for round trips.</summary>
internal sealed record PingRequest(string RemoteKey, int? Count);
