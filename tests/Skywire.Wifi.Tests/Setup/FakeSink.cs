// Takes answers for tests.
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

internal sealed class FakeSink : ISetupSink
{
    private readonly List<SetupAnswers> _got = [];

    /// <summary>Thrown instead of taking.</summary>
    public IOException? Fault { get; set; }

    public IReadOnlyList<SetupAnswers> Got => _got;

    public Task SubmitAsync(SetupAnswers answers, CancellationToken cancellationToken)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        _got.Add(answers);
        return Task.CompletedTask;
    }
}
