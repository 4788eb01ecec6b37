using Skywire.Boards.Data;
using Skywire.Boards.Leds;
using Skywire.Testing;

namespace Skywire.Boards.Tests.Data;

public sealed class BoardCatalogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Detect_SeveralFit_TakesTheMachinesMostExactWord()
    {
        Put("family", "raspberrypi,4-model-b", "brcm,bcm2711");
        Put("exact", "maker,one");
        Put("general", "maker,family");
        var catalog = BoardCatalog.Load(_folder.Path);
        Assert.Empty(catalog.Faults);
        Assert.Equal("exact", catalog.Detect(["maker,one", "maker,family"])!.Name);
        Assert.Equal("general", catalog.Detect(["maker,two", "maker,family"])!.Name);
        Assert.Equal("family", catalog.Detect(["raspberrypi,400", "brcm,bcm2711"])!.Name);
        Assert.Null(catalog.Detect(["other,board"]));
        Assert.Null(catalog.Detect([]));
    }

    [Fact]
    public void Load_BadFile_SpoilsOnlyItself()
    {
        Put("good", "maker,good");
        _folder.Write("bad/board.json", "{");
        _folder.Write("renamed/board.json", Sample.Json);
        Directory.CreateDirectory(_folder.File("no-board"));
        var catalog = BoardCatalog.Load(_folder.Path);
        Assert.Equal(["good", "test-board"], catalog.Boards.Select(b => b.Name));
        Assert.Collection(catalog.Faults, f => Assert.StartsWith("bad/board.json: line 1: no JSON", f, StringComparison.Ordinal), f => Assert.Equal("renamed/board.json: name: is \"test-board\", the folder is called \"renamed\"", f));
    }

    [Fact]
    public void Load_NoFolder_SaysSo() => Assert.Contains("no such folder", Assert.Single(BoardCatalog.Load(_folder.File("none")).Faults), StringComparison.Ordinal);

    // The boards that are shipped.
    [Fact]
    public void Load_ShippedBoards_AreAllGoodAndRecognisedByThemselves()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "boards");
        Assert.SkipUnless(Directory.Exists(folder), "this tree has no boards yet");
        var catalog = BoardCatalog.Load(folder);
        Assert.Empty(catalog.Faults);
        Assert.NotEmpty(catalog.Boards);
        Assert.Distinct(catalog.Boards.SelectMany(b => b.Compatible));
        foreach (var board in catalog.Boards)
        {
            Assert.Equal(board.Name, catalog.Detect(board.Compatible)!.Name);
        }
    }

    // Who looks at a board must be able to tell trouble from joy, whatever LEDs it has.
    [Fact]
    public void Load_ShippedBoards_ShowDifferentThingsForDifferentStates()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "boards");
        Assert.SkipUnless(Directory.Exists(folder), "this tree has no boards yet");
        foreach (var board in BoardCatalog.Load(folder).Boards.Where(b => b.Leds.Count > 0))
        {
            // As on a board that lacks what only some have.
            var leds = board.Leds.Where(l => !l.IsOptional).ToList();
            var looks = BoardStates.All.ToDictionary(s => s, s => string.Join(' ', leds.Select(l => l.Shows(s, "").Word())));
            foreach (var good in (BoardState[])[BoardState.Booting, BoardState.NoLink, BoardState.Linked, BoardState.Joined, BoardState.Traffic, BoardState.Updating])
            {
                Assert.True(looks[good] != looks[BoardState.Failed], $"{board.Name}: {good} looks like failed");
                Assert.True(looks[good] != looks[BoardState.Attention], $"{board.Name}: {good} looks like attention");
            }

            // A radio may be plugged into any board: who waits for it, or for its owner, is told apart from all else.
            looks.Values.Concat(((string[])[AirWords.Searching, AirWords.Setup]).Select(air => string.Join(' ', leds.Select(l => l.Shows(BoardState.NoLink, air).Word()))))
                .GroupBy(l => l).ToList().ForEach(same => Assert.True(same.Count() == 1, $"{board.Name}: states look alike: {same.Key}"));
        }
    }

    private void Put(string name, params string[] compatible)
        => _folder.Write($"{name}/board.json", Sample.Json.Replace("\"test-board\"", $"\"{name}\"", StringComparison.Ordinal).Replace("[\"maker,test-board\"]", "[" + string.Join(", ", compatible.Select(c => $"\"{c}\"")) + "]", StringComparison.Ordinal));
}
