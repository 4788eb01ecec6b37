// Which boards one image serves. Their boot files do not collide: the Pi reads the FAT partition, Allwinner's ROM the sectors before it.
namespace Skywire.ImageBuild.Boards;

/// <summary>An image to build: its name, the boards it starts on, all boards whose data travels in the slot.</summary>
internal sealed record ImagePlan(string Name, IReadOnlyList<BoardData> Boards, IReadOnlyList<BoardData> AllBoards)
{
    /// <summary>Name of the image for every board that can share one.</summary>
    public const string Universal = "universal";

    /// <summary>The board whose U-Boot lies before the first partition, if any.</summary>
    public BoardData? Sunxi => Boards.SingleOrDefault(b => b.Boot.Firmware == BoardFirmware.Sunxi);

    /// <summary>The board whose firmware reads the FAT partition, if any.</summary>
    public BoardData? RaspberryPi => Boards.FirstOrDefault(b => b.Boot.Firmware == BoardFirmware.RaspberryPi);

    /// <summary>Plans the image of <paramref name="name"/>: a board, or <see cref="Universal"/>. Boards that can share an image get the shared one.</summary>
    public static ImagePlan Create(string name, IReadOnlyList<BoardData> all)
    {
        if (name != Universal)
        {
            var board = all.FirstOrDefault(b => b.Name == name)
                ?? throw new ImageException($"there is no board '{name}'", $"boards: {string.Join(", ", all.Select(b => b.Name))}; or {Universal}");
            if (!board.Boot.Universal)
            {
                return new ImagePlan(board.Name, [board], all);
            }
        }

        var shared = all.Where(b => b.Boot.Universal).ToList();
        return shared.Count(b => b.Boot.Firmware == BoardFirmware.Sunxi) > 1
            ? throw new ImageException("two Allwinner boards claim the same sectors of the universal image", "only one of them may say boot.universal: true")
            : new ImagePlan(Universal, shared, all);
    }
}
