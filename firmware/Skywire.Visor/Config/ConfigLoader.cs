// Reads a configuration file: whole or not at all, every fault named, a torn file replaced by its last good copy.
using System.Text.Json;
using Skywire.Visor.Storage;

namespace Skywire.Visor.Config;

/// <summary>A configuration found good, with where its relative paths start and what is to be told.</summary>
internal sealed record LoadedConfig(VisorConfig Config, string File, string Folder, IReadOnlyList<string> Warnings)
{
    /// <summary>The file of the secret key.</summary>
    public string KeyFile => Resolve(Config.KeyFile);

    /// <summary>The data folder.</summary>
    public string DataFolder => Resolve(Config.DataFolder);

    /// <summary>The unix socket.</summary>
    public string Socket => Resolve(Config.Api.Socket);

    /// <summary>The file of the box's secret; null: no box.</summary>
    public string? BoxSecretFile => Config.Box is { } box ? Resolve(box.SecretFile) : null;

    /// <summary>The folder of updates.</summary>
    public string UpdateFolder => Resolve(Config.Update.Folder);

    private string Resolve(string path) => Path.GetFullPath(path, Folder);
}

internal static class ConfigLoader
{
    /// <summary>Largest configuration read: a stcp table of thousands of visors fits many times over.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <summary>Reads, checks and keeps a last good copy. A torn or empty file gives the last good copy and a warning. Throws <see cref="ConfigurationException"/>.</summary>
    public static LoadedConfig Load(string file)
    {
        var full = Path.GetFullPath(file);
        var content = Read(full);
        var warnings = new List<string>();
        if (IsTorn(content))
        {
            var copy = full + AtomicFile.LastGoodSuffix;
            if (!File.Exists(copy))
            {
                throw Torn(full, content, "run \"skywire config gen --force\", or restore the file");
            }

            warnings.Add($"{full} is {(content.Length == 0 ? "empty" : "cut off")}: using {copy}; repair it or copy that file over it");
            content = Read(copy);
        }

        var isCopy = warnings.Count > 0;
        var own = OfOwnSchema(full, content, warnings);
        var config = isCopy || IsLastGood(full, own) ? ParseKnown(full, own, warnings) : Parse(full, own);
        if (ReferenceEquals(own, content))
        {
            warnings.AddRange(KeepCopy(full, content, isCopy));
        }

        return new LoadedConfig(config, full, Path.GetDirectoryName(full) ?? "/", warnings);
    }

    /// <summary>What a program keeps of a configuration beside it, by the version of its format: an older program that meets a newer file reads its own.</summary>
    internal static string OwnCopy(string file, int schema) => $"{file}.schema-{schema}";

    /// <summary>Reads and checks, changes nothing on disk, never falls back. Throws <see cref="ConfigurationException"/>.</summary>
    public static LoadedConfig Check(string file)
    {
        var full = Path.GetFullPath(file);
        var content = Read(full);
        return IsTorn(content)
            ? throw Torn(full, content, "restore the file; the visor itself would use its last good copy")
            : new LoadedConfig(Parse(full, content), full, Path.GetDirectoryName(full) ?? "/", []);
    }

    /// <summary>Checks the text of a configuration. <paramref name="file"/> is for messages. Throws <see cref="ConfigurationException"/>.</summary>
    public static VisorConfig Parse(string file, ReadOnlyMemory<byte> content)
    {
        CheckText(file, content, ConfigSchema.Root);
        var config = JsonSerializer.Deserialize(content.Span, ConfigJson.Default.VisorConfig)!;
        var problems = ConfigRules.Check(config);
        return problems.Count > 0 ? throw new ConfigurationException(file, problems) : config;
    }

    /// <summary>Checks a text against a schema. Throws <see cref="ConfigurationException"/> with every fault.</summary>
    public static void CheckText(string file, ReadOnlyMemory<byte> content, SectionNode schema)
    {
        var problems = new List<ConfigurationProblem>();
        try
        {
            using var document = JsonDocument.Parse(content, Lenient);
            schema.Check(document.RootElement, "", problems);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException(file, "", $"line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: is not JSON", "", "repair the text there or just before");
        }
        catch (InvalidOperationException)
        {
            // What JSON may hold and no text can: bytes that are not UTF-8, or half of a surrogate pair.
            throw new ConfigurationException(file, "", "holds a text that is not UTF-8", "UTF-8 without lone surrogates", "save the file as UTF-8");
        }

        if (problems.Count > 0)
        {
            throw new ConfigurationException(file, problems);
        }
    }

    /// <summary>True for what a power cut leaves: nothing, NUL bytes, or the beginning of a document. A mistyped character is not that.</summary>
    internal static bool IsTorn(ReadOnlySpan<byte> content)
    {
        if (content.IndexOfAnyExcept(" \t\r\n"u8) < 0 || content.Contains((byte)0))
        {
            return true;
        }

        // Fed as "more may come", the reader stops without complaint exactly when the text ends too early.
        var reader = new Utf8JsonReader(content, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }));
        try
        {
            var depth = 0;
            var any = false;
            while (reader.Read())
            {
                any = true;
                depth += reader.TokenType switch
                {
                    JsonTokenType.StartObject or JsonTokenType.StartArray => 1,
                    JsonTokenType.EndObject or JsonTokenType.EndArray => -1,
                    _ => 0,
                };
            }

            return depth > 0 || !any;
        }
        catch (JsonException)
        {
            // A fault in the middle: the operator's, and reported with its line by the parser.
            return false;
        }
    }

    // After a fallback to an older system: the file may be of a format that this program does not know.
    private static byte[] OfOwnSchema(string file, byte[] content, List<string> warnings)
    {
        var copy = OwnCopy(file, VisorConfig.CurrentSchema);
        if (SchemaOf(content) is not { } schema || schema <= VisorConfig.CurrentSchema || !File.Exists(copy))
        {
            return content;
        }

        warnings.Add($"{file} is of format {schema}, written for a newer program; this one knows {VisorConfig.CurrentSchema} and uses {copy}");
        return Read(copy);
    }

    private static int? SchemaOf(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content, Lenient);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("schema_version", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var schema) ? schema : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsLastGood(string file, byte[] content)
    {
        try
        {
            return File.Exists(file + AtomicFile.LastGoodSuffix) && content.AsSpan().SequenceEqual(File.ReadAllBytes(file + AtomicFile.LastGoodSuffix));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A key that this program does not know, in a file that a program found good before, is a newer program's. A mistyped one never gets that far.
    private static VisorConfig ParseKnown(string file, byte[] content, List<string> warnings)
    {
        try
        {
            return Parse(file, content);
        }
        catch (ConfigurationException e) when (e.Problems.All(p => p.Cause == SectionNode.UnknownKey))
        {
            warnings.Add($"{file}: {string.Join(", ", e.Problems.Select(p => p.Key))} written for a newer program; this one runs without");
            var config = JsonSerializer.Deserialize(content, ConfigJson.Default.VisorConfig)!;
            var problems = ConfigRules.Check(config);
            return problems.Count > 0 ? throw new ConfigurationException(file, problems) : config;
        }
    }

    private static byte[] Read(string file)
    {
        try
        {
            return new FileInfo(file).Length > MaxSize
                ? throw new ConfigurationException(file, "", "is too large", $"at most {MaxSize / 1024 / 1024} MB", "is it the right file?")
                : File.ReadAllBytes(file);
        }
        catch (FileNotFoundException)
        {
            throw new ConfigurationException(file, "", "does not exist", "", $"make one with \"skywire config gen --config {file}\"");
        }
        catch (DirectoryNotFoundException)
        {
            throw new ConfigurationException(file, "", "does not exist, nor does its folder", "", $"make one with \"skywire config gen --config {file}\"");
        }
        catch (UnauthorizedAccessException)
        {
            throw new ConfigurationException(file, "", "cannot be read", "", "run as its owner, or correct its permissions");
        }
        catch (IOException e)
        {
            throw new ConfigurationException(file, "", "cannot be read: " + e.Message, "", "check the storage");
        }
    }

    private static ConfigurationException Torn(string file, byte[] content, string remedy) => new(file, "", content.Length == 0 ? "is empty" : "is cut off before its end", "", remedy);

    private static IEnumerable<string> KeepCopy(string file, byte[] content, bool isCopyItself)
    {
        if (isCopyItself)
        {
            return [];
        }

        try
        {
            var mode = File.GetUnixFileMode(file);
            AtomicFile.KeepLastGood(file, content, mode);
            KeepOwnCopy(file, content, mode);
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A read-only folder is a choice; the visor works without the copy, and says what is lost.
            return [$"no last good copy of {file} could be kept: {e.Message}"];
        }
    }

    // A board's file is made anew at each start, by the running system itself and in a folder that is not the visor's: there is nothing to keep.
    private static void KeepOwnCopy(string file, byte[] content, UnixFileMode mode)
    {
        var own = OwnCopy(file, VisorConfig.CurrentSchema);
        try
        {
            if (!File.Exists(own) || !content.AsSpan().SequenceEqual(File.ReadAllBytes(own)))
            {
                AtomicFile.Write(own, content, mode);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then an older system has the file that its own settings service makes.
        }
    }
}
