// The configuration as it may be shown: complete, with secrets replaced.
using System.Text.Json.Nodes;

namespace Skywire.Visor.Config;

internal static class MaskedConfig
{
    private const string Mask = "********";

    /// <summary>JSON text; values of keys that name a secret are replaced, so that a set one still shows as set.</summary>
    public static byte[] Format(VisorConfig config)
    {
        var root = JsonNode.Parse(ConfigJson.Format(config))!;
        MaskIn(root);
        return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString(new System.Text.Json.JsonSerializerOptions(ConfigJson.Default.Options)));
    }

    private static void MaskIn(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                MaskIn(item);
            }
        }
        else if (node is JsonObject section)
        {
            foreach (var name in section.Select(m => m.Key).ToList())
            {
                if (section[name] is JsonValue && IsSecret(name))
                {
                    section[name] = Mask;
                }
                else
                {
                    MaskIn(section[name]);
                }
            }
        }
    }

    private static bool IsSecret(string name) => name.Contains("pass", StringComparison.OrdinalIgnoreCase) || name.Contains("secret", StringComparison.OrdinalIgnoreCase);
}
