namespace FaceVault.Commits;

/// <summary>A change of the list of places: has the writer to itself.</summary>
internal sealed class PlaceItem(Action<VaultEngine> change) : ExclusiveItem
{
    public override void Run(VaultEngine engine) => change(engine);
}
