// Every contender that is installed here does what the firmware does, and every target names something that is measured.
using System.Runtime.Intrinsics.X86;
using Skywire.Bench.Crypto;
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;

namespace Skywire.Bench.Tests.Crypto;

public sealed class CryptoSubjectsTests
{
    private static readonly List<Subject> Subjects = Create();

    [Fact]
    public void Check_EveryContender_AgreesWithTheFirmware()
    {
        Assert.All(Subjects, subject => Assert.All(subject.Contenders, c => Assert.True(c.Check() is null, $"{subject.Name}: {c.Name}")));
        Assert.All(Subjects, subject => Assert.Equal(Contender.Ours, subject.Contenders[0].Name));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void For_EveryTarget_NamesASubjectAndAPeer(bool has512, bool has256)
    {
        string[] peers = [AeadSubjects.Platform, Bouncy.Name, .. NativePeer.All.Select(p => p.Name)];
        // The 128-bit kernel is measured where x86 has a wider one.
        var targets = CryptoTargets.For(has512, has256).Where(t => Ssse3.IsSupported || t.Group != AeadSubjects.SealBy128).ToList();
        Assert.All(targets, t => Assert.Contains(Subjects, s => s.Group == t.Group && s.Column == t.Column));
        Assert.All(targets, t => Assert.Contains(t.Peer, peers));
        Assert.All(targets, t => Assert.True(t.Ambition is null || t.Ambition < t.Must));
        Assert.Equal(has256, targets.Any(t => t.Group == AeadSubjects.Seal));
    }

    [Fact]
    public void For_Avx512_AsksMoreThanAvx2()
    {
        var wide = CryptoTargets.For(has512: true, has256: true);
        var narrow = CryptoTargets.For(has512: false, has256: true);
        double Must(IReadOnlyList<Target> targets, int size) => targets.Single(t => t.Group == AeadSubjects.Open && t.Peer == AeadSubjects.Platform && t.Column == AeadSubjects.Label(size)).Must;
        Assert.All(AeadSubjects.Sizes, size => Assert.True(Must(wide, size) < Must(narrow, size)));
    }

    // The peers are looked for once in a process.
    private static List<Subject> Create()
    {
        NativePeer.Load();
        if (NativePeer.Sodium.IsPresent)
        {
            Assert.True(Sodium.Initialize() >= 0);
        }

        return [.. CryptoBench.Subjects()];
    }
}
