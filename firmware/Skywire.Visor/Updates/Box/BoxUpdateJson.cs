// Source-generated JSON of what members of a box tell each other.
using System.Text.Json.Serialization;
using Skywire.Update.Box;

namespace Skywire.Visor.Updates.Box;

/// <summary>
/// The answer to a report. <paramref name="Provides"/>: kind of image and channel that the serving board fetches for all; "" for none. <paramref name="Offers"/>: the version that it has whole; "" for none,
/// null from a board that does not say.
/// </summary>
internal sealed record BoxAnswer(RolloutAnswer Answer, string Provides, string? Offers = null);

/// <summary>A person orders a version for all boards.</summary>
internal sealed record BoxOrder(string Version);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RolloutReport))]
[JsonSerializable(typeof(BoxAnswer))]
[JsonSerializable(typeof(BoxOrder))]
internal sealed partial class BoxUpdateJson : JsonSerializerContext;
