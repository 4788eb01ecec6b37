// Compares decoded trees with the JSON renderings in the vectors.
using System.Net;
using System.Text.Json;
using Skywire.Wire.Gob;

namespace Skywire.Wire.Tests.Gob;

internal static class GobJson
{
    /// <summary>Fails unless <paramref name="actual"/> is what <paramref name="expected"/> shows.</summary>
    public static void AssertEqual(JsonElement expected, GobValue actual, string path = "$")
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Null:
                Assert.True(actual.Kind == GobValue.ValueKind.Null, $"{path}: {actual.Kind} where null is expected");
                break;
            case JsonValueKind.True or JsonValueKind.False:
                Assert.Equal(expected.GetBoolean(), actual.AsBool);
                break;
            case JsonValueKind.Number:
                AssertNumber(expected, actual, path);
                break;
            case JsonValueKind.String:
                AssertText(expected.GetString()!, actual, path);
                break;
            case JsonValueKind.Array:
                Assert.True(expected.GetArrayLength() == actual.Items.Count, path);
                for (var i = 0; i < actual.Items.Count; i++)
                {
                    AssertEqual(expected[i], actual.Items[i], $"{path}[{i}]");
                }

                break;
            case JsonValueKind.Object when actual.Kind == GobValue.ValueKind.Map:
                Assert.Equal(expected.EnumerateObject().Count() * 2, actual.Items.Count);
                for (var i = 0; i < actual.Items.Count; i += 2)
                {
                    AssertEqual(expected.GetProperty(actual.Items[i].AsString), actual.Items[i + 1], $"{path}.{actual.Items[i].AsString}");
                }

                break;
            case JsonValueKind.Object:
                Assert.True(actual.Kind == GobValue.ValueKind.Struct, path);
                foreach (var member in expected.EnumerateObject())
                {
                    // One item shows JSON names instead of Go field names.
                    var field = member.Name switch { "public_key" => "PK", "port" => "Port", _ => member.Name };
                    AssertEqual(member.Value, actual[field], $"{path}.{field}");
                }

                break;
        }
    }

    private static void AssertNumber(JsonElement expected, GobValue actual, string path)
    {
        var ok = actual.Kind switch
        {
            GobValue.ValueKind.Null => expected.GetDouble() == 0,
            GobValue.ValueKind.Int => expected.GetInt64() == actual.AsInt,
            GobValue.ValueKind.UInt => expected.GetUInt64() == actual.AsUInt,
            GobValue.ValueKind.Float => BitConverter.DoubleToInt64Bits(expected.GetDouble()) == BitConverter.DoubleToInt64Bits(actual.AsFloat),
            _ => false,
        };
        Assert.True(ok, $"{path}: {expected} is not {actual.Kind} {actual.AsInt} {actual.AsUInt} {actual.AsFloat}");
    }

    private static void AssertText(string expected, GobValue actual, string path)
    {
        switch (actual.Kind)
        {
            case GobValue.ValueKind.Bytes when expected.Length == 66:
                Assert.Equal(expected, Convert.ToHexStringLower(actual.AsBytes));
                break;
            case GobValue.ValueKind.Bytes when IPAddress.TryParse(expected, out var address):
                Assert.Equal(address, new IPAddress(actual.AsBytes).MapToIPv4());
                break;
            case GobValue.ValueKind.Bytes:
                Assert.Equal(expected, Convert.ToBase64String(actual.AsBytes));
                break;
            default:
                Assert.True(expected == actual.AsString && actual.Kind is GobValue.ValueKind.String or GobValue.ValueKind.Null, path);
                break;
        }
    }
}
