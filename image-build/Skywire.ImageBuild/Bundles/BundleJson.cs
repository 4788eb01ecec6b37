// JSON of bundles: the report of a run.
using System.Text.Json.Serialization;

namespace Skywire.ImageBuild.Bundles;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BundleResult))]
internal sealed partial class BundleJson : JsonSerializerContext;
