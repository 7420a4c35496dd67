namespace FaceVault.Commits;

/// <summary>Brings one mirror up by a full copy, whatever it holds now.</summary>
internal sealed class RefillItem(string description) : ExclusiveItem
{
    public override void Run(VaultEngine engine)
    {
        Mirror mirror = engine.MirrorStates.FirstOrDefault(m => m.Location.Description == description) ?? throw Error.NotAMirror("directory");
        engine.Refill(mirror);
    }
}
