// The client's own files as JSON without reflection.
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Update.History;
using Skywire.Update.Trial;

namespace Skywire.Update;

/// <summary>Names in snake case. One object a line: shell units read single members with sed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(HistoryEntry))]
[JsonSerializable(typeof(TrialRecord))]
[JsonSerializable(typeof(ClientState))]
[JsonSerializable(typeof(UpdateStatus))]
internal sealed partial class UpdateJson : JsonSerializerContext;
