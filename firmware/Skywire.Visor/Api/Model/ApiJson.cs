// Source-generated JSON of the local API.
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Update.History;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Api.Model;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(IReadOnlyList<TransportView>))]
[JsonSerializable(typeof(IReadOnlyList<RuleView>))]
[JsonSerializable(typeof(IReadOnlyList<RouteGroupView>))]
[JsonSerializable(typeof(IReadOnlyList<AppView>))]
[JsonSerializable(typeof(BoxView))]
[JsonSerializable(typeof(IReadOnlyList<BoxMemberView>))]
[JsonSerializable(typeof(PathsView))]
[JsonSerializable(typeof(DialView))]
[JsonSerializable(typeof(PingView))]
[JsonSerializable(typeof(LogView))]
[JsonSerializable(typeof(SamplesView))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(DoneView))]
[JsonSerializable(typeof(AddTransportRequest))]
[JsonSerializable(typeof(DialRequest))]
[JsonSerializable(typeof(PingRequest))]
[JsonSerializable(typeof(UpdateView))]
[JsonSerializable(typeof(IReadOnlyList<HistoryEntry>))]
[JsonSerializable(typeof(InstallUpdateRequest))]
[JsonSerializable(typeof(WifiView))]
[JsonSerializable(typeof(IReadOnlyList<WifiNeighboursView>))]
[JsonSerializable(typeof(IReadOnlyList<WifiPlanView>))]
[JsonSerializable(typeof(IReadOnlyList<HeardReport>))]
internal sealed partial class ApiJson : JsonSerializerContext;
