// The JSON form of rules in APIs, as the reference writes it (spec 12 §10).
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skywire.Routing;

/// <summary>A rule as JSON; exactly one of the three field groups is present.</summary>
public sealed record RuleSummary
{
    /// <summary>Nanoseconds.</summary>
    [JsonPropertyName("keep_alive")]
    public required long KeepAlive { get; init; }

    /// <summary>Wire value of the type.</summary>
    [JsonPropertyName("rule_type")]
    public required byte RuleType { get; init; }

    /// <summary>Key route ID.</summary>
    [JsonPropertyName("key_route_id")]
    public required uint KeyRouteId { get; init; }

    /// <summary>Fields of a consume rule.</summary>
    [JsonPropertyName("app_fields")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AppFields? App { get; init; }

    /// <summary>Fields of a forward rule.</summary>
    [JsonPropertyName("forward_fields")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ForwardFields? Forward { get; init; }

    /// <summary>Fields of an intermediary rule.</summary>
    [JsonPropertyName("intermediary_forward_fields")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IntermediaryFields? Intermediary { get; init; }

    /// <summary>Summary of a rule.</summary>
    public static RuleSummary Of(RoutingRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var summary = new RuleSummary { KeepAlive = rule.KeepAliveNanoseconds, RuleType = (byte)rule.Type, KeyRouteId = rule.KeyRouteId };
        return rule.Type switch
        {
            Routing.RuleType.Consume => summary with { App = new(DescriptorFields.Of(rule.Descriptor)) },
            Routing.RuleType.Forward => summary with { Forward = new(DescriptorFields.Of(rule.Descriptor), rule.NextRouteId, rule.NextTransportId.ToString()) },
            _ => summary with { Intermediary = new(rule.NextRouteId, rule.NextTransportId.ToString()) },
        };
    }

    /// <summary>The JSON text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RuleSummaryJson.Default.RuleSummary);

    /// <summary>A descriptor as JSON.</summary>
    public sealed record DescriptorFields(
        [property: JsonPropertyName("dst_pk")] string DestinationKey,
        [property: JsonPropertyName("src_pk")] string SourceKey,
        [property: JsonPropertyName("dst_port")] ushort DestinationPort,
        [property: JsonPropertyName("src_port")] ushort SourcePort)
    {
        internal static DescriptorFields Of(RouteDescriptor descriptor) =>
            new(descriptor.DestinationKey.ToString(), descriptor.SourceKey.ToString(), descriptor.DestinationPort, descriptor.SourcePort);
    }

    /// <summary>Consume rule.</summary>
    public sealed record AppFields([property: JsonPropertyName("route_descriptor")] DescriptorFields Descriptor);

    /// <summary>Forward rule.</summary>
    public sealed record ForwardFields(
        [property: JsonPropertyName("route_descriptor")] DescriptorFields Descriptor,
        [property: JsonPropertyName("next_rid")] uint NextRouteId,
        [property: JsonPropertyName("next_tid")] string NextTransportId);

    /// <summary>Intermediary rule.</summary>
    public sealed record IntermediaryFields(
        [property: JsonPropertyName("next_rid")] uint NextRouteId,
        [property: JsonPropertyName("next_tid")] string NextTransportId);
}

[JsonSerializable(typeof(RuleSummary))]
internal sealed partial class RuleSummaryJson : JsonSerializerContext;
