// Where the builder's inputs lie in a checkout, and where it keeps what outlives a build.
namespace Skywire.ImageBuild;

/// <summary>Folders of the builder.</summary>
internal sealed record SourceTree(string Checkout, string Cache)
{
    /// <summary>Declarative inputs: package list, trim rules, boot files, files of the root filesystem.</summary>
    public string Input(params string[] parts) => Path.Combine([Checkout, "image-build", .. parts]);

    /// <summary>One folder a board.</summary>
    public string Boards => Path.Combine(Checkout, "board-support", "boards");

    /// <summary>Downloaded packages; kept between builds and shared by checkouts.</summary>
    public string PackageCache => Path.Combine(Cache, "packages");

    /// <summary>Built boot loaders, by a hash of everything that went into them.</summary>
    public string UBootCache => Path.Combine(Cache, "u-boot");

    /// <summary>Which kernel module needs which, by the hash of the kernel's package.</summary>
    public string KernelCache => Path.Combine(Cache, "kernel");

    /// <summary>The built updater, likewise.</summary>
    public string RaucCache => Path.Combine(Cache, "rauc");

    /// <summary>The resolver's package lists.</summary>
    public string AptState => Path.Combine(Cache, "apt");

    /// <summary>The cache folder of this user: <c>SKYMINER_CACHE</c>, else below the user's own cache folder.</summary>
    public static string DefaultCache =>
        Environment.GetEnvironmentVariable("SKYMINER_CACHE") is { Length: > 0 } own ? own
        : Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "skyminer");
}
