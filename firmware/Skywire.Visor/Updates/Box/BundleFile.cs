// A bundle that a person brought for the whole box: it takes the place of a download, and is offered from there.
using System.Security.Cryptography;
using Skywire.Update.Download;
using Skywire.Update.Feed;
using Skywire.Update.Policy;
using Skywire.Update.Rauc;
using Skywire.Update.Versions;

namespace Skywire.Visor.Updates.Box;

internal static class BundleFile
{
    /// <summary>Checks, copies and offers a file; the refusal says why not. Throws <see cref="IOException"/>.</summary>
    public static async Task<(FeedBundle? Bundle, Refusal? Refusal)> TakeAsync(UpdateWorld world, string file, BoxUpdates box, CancellationToken cancellationToken)
    {
        if (!box.IsServing)
        {
            return (null, new Refusal(RefusalCode.NotFound, "a file for the whole box is given to the board that serves it (\"skywire box status\" names it)"));
        }

        try
        {
            var facts = await world.Rauc.InspectAsync(file, cancellationToken);
            if (SemanticVersion.Parse(facts.Version) is not { } version)
            {
                return (null, new Refusal(RefusalCode.InstallFailed, $"the bundle's version {facts.Version} is none"));
            }

            await using var from = File.OpenRead(file);
            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(from, cancellationToken));
            var bundle = new FeedBundle
            {
                Compatible = facts.Compatible,
                Version = version,
                MinVersion = SemanticVersion.Parse(facts.MinVersion),
                File = new Uri(BoxUpdatePlan.Feed, BoxUpdatePlan.Bundles),
                Size = from.Length,
                Sha256 = sha256,
                Changelog = facts.Changelog,
            };
            from.Position = 0;
            await using (var to = world.Storage.Open(BundleDownload.NameOf(bundle), bundle.Size))
            {
                await from.CopyToAsync(to, cancellationToken);
            }

            box.Offer.Take(bundle);
            return (bundle, null);
        }
        catch (RaucException e)
        {
            return (null, e.Refusal);
        }
        catch (UnauthorizedAccessException)
        {
            return (null, new Refusal(RefusalCode.NotFound, $"{file} cannot be read by the visor: run the command as root"));
        }
    }
}
