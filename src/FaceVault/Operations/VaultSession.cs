using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Ledger;

namespace FaceVault.Operations;

/// <summary>The settings that operations need.</summary>
internal sealed record SessionOptions(TimeProvider TimeProvider, int MatchingThreads, bool RequireLockedGalleries);

/// <summary>An open vault from the inside: the engine, the purposes and the galleries that the operations share.</summary>
internal sealed class VaultSession(VaultEngine engine, string origin, SessionOptions options, PurposeRegistry purposes) : IDisposable
{
    public VaultEngine Engine { get; } = engine;

    public string Origin { get; } = origin;

    public SessionOptions Options { get; } = options;

    public PurposeRegistry Purposes { get; } = purposes;

    public GalleryTable Galleries { get; } = new();

    public Withdrawals Withdrawals { get; } = new(engine);

    public DateTimeOffset Now => Options.TimeProvider.GetUtcNow();

    public uint NowMinutes => Engine.NowMinutes;

    /// <summary>The vault's public key. Changes only with a recovery that accepts loss.</summary>
    public VerifierKey ReadVerifierKey()
    {
        using ReadScope view = Engine.Read();
        return VerifierKey.FromSeed(Origin, view.Crown.DangerousSigningSeed);
    }

    /// <summary>Looks at the places again, for a vault that only inspects.</summary>
    public void Refresh() => Engine.Refresh();

    public void LoadPurposes()
    {
        using ReadScope view = Engine.Read();
        Purposes.Load(view.Store, view.Crown);
    }

    public void Dispose()
    {
        Galleries.Dispose();
        Engine.Dispose();
    }
}
