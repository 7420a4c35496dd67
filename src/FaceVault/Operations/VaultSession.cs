using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Ledger;

namespace FaceVault.Operations;

/// <summary>The settings that operations need.</summary>
internal sealed record SessionOptions(TimeProvider TimeProvider, int MatchingThreads, bool RequireLockedGalleries);

/// <summary>An open vault from the inside: the engine, the purposes and the galleries that the operations share.</summary>
internal sealed class VaultSession : IDisposable
{
    public VaultSession(VaultEngine engine, string origin, SessionOptions options, PurposeRegistry purposes)
    {
        (Engine, Origin, Options, Purposes) = (engine, origin, options, purposes);
        Withdrawals = new Withdrawals(engine);
        Cosigner = new Cosigner(this);
    }

    public VaultEngine Engine { get; }

    public string Origin { get; }

    public SessionOptions Options { get; }

    public PurposeRegistry Purposes { get; }

    public GalleryTable Galleries { get; } = new();

    public Withdrawals Withdrawals { get; }

    public Cosigner Cosigner { get; }

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

    /// <summary>From now on nothing is used or written, because somebody remembers another vault; reading goes on. Until the vault is closed.</summary>
    public void Fence(VaultException reason)
    {
        Engine.Halt(reason);
        Galleries.Dispose();
    }

    /// <exception cref="VaultException">The vault is fenced.</exception>
    public void ThrowIfFenced() => Engine.ThrowIfHalted();

    public void LoadPurposes()
    {
        using ReadScope view = Engine.Read();
        Purposes.Load(view.Store, view.Crown);
    }

    public void Dispose()
    {
        Galleries.Dispose();
        Cosigner.Dispose();
        Engine.Dispose();
    }
}
