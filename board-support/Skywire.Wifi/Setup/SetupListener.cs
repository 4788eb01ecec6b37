// Hears which meshes are within reach of a board without settings: nothing else uses its radios yet.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Setup;

/// <summary>Listens with every radio.</summary>
public sealed class SetupListener(IRadioKernel kernel, TimeProvider time)
{
    // All channels of two bands take three to six seconds, on a busy small board twice that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>What was heard. A radio that cannot listen now hears nothing; nothing is thrown but cancellation.</summary>
    public async Task<IReadOnlyList<HeardNetwork>> ListenAsync(CancellationToken cancellationToken)
    {
        var heard = new List<HeardNetwork>();
        foreach (var face in Faces())
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                if (!face.IsUp)
                {
                    kernel.SetUp(face.Index, true);
                }

                heard.AddRange(await kernel.ScanAsync(face.Index, either.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // A driver that does not answer; the next one may.
            }
            catch (IOException)
            {
                // Busy, or pulled out: there is another time.
            }
        }

        return heard;
    }

    private List<RadioInterface> Faces()
    {
        try
        {
            return [.. kernel.Radios().Where(r => r.Blocked.Length == 0).Select(r => r.Interfaces.FirstOrDefault(i => i.Type is InterfaceType.Station or InterfaceType.MeshPoint or InterfaceType.AdHoc)).OfType<RadioInterface>()];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
