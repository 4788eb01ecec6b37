// Fetches a small file whole: a feed, a block index.
namespace Skywire.Update.Download;

/// <summary>What came: the bytes, or why there are none.</summary>
internal sealed record SmallAnswer(byte[]? Body, string Fault);

/// <summary>Bounded GETs.</summary>
internal static class SmallGet
{
    /// <summary>Gets a file of at most <paramref name="limit"/> bytes. <paramref name="stall"/> limits the head and each read.</summary>
    public static async Task<SmallAnswer> TryAsync(IUpdateHttp http, Uri address, int limit, TimeSpan stall, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await using var answer = await StallGuard.RunAsync(token => http.GetAsync(new HttpGet(address, null, ""), token), stall, time, cancellationToken);
            if (answer.Status != 200)
            {
                return new SmallAnswer(null, $"{address}: the server answers {answer.Status}");
            }

            using var body = new MemoryStream();
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await StallGuard.RunAsync(async token => await answer.Body.ReadAsync(buffer, token), stall, time, cancellationToken)) > 0)
            {
                if (body.Length + read > limit)
                {
                    return new SmallAnswer(null, $"{address}: longer than {limit} bytes");
                }

                body.Write(buffer, 0, read);
            }

            return new SmallAnswer(body.ToArray(), "");
        }
        catch (NetworkException e)
        {
            return new SmallAnswer(null, $"{address}: {e.Message}");
        }
    }
}
