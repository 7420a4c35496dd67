using FaceVault.Keys;
using FaceVault.Operations;
using FaceVault.Storage;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Histories;

/// <summary>The places under a history's vault, and what can happen to them.</summary>
internal abstract class Bed(TestVault test) : IAsyncDisposable
{
    public TestVault Test => test;

    public Vault Vault => test.Vault;

    public virtual int Mirrors => test.MirrorStores.Count;

    /// <summary>Makes the vault of the bed.</summary>
    public async Task BeginAsync()
    {
        test.KeepAttempts();
        test.MostInBatch = 3;
        test.Renew();
        await test.Vault.InitializeAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose());
    }

    /// <summary>Everything that lies on the disks goes to the thief.</summary>
    public abstract void Steal();

    /// <summary>Nothing is closed in order.</summary>
    public abstract void Crash(bool machineDies);

    public abstract void SetMirror(bool reachable);

    /// <summary>A copy of the first mirror, to be put back later. The vault may be open.</summary>
    public abstract object? CopyMirror();

    /// <summary>Puts a copy in the mirror's place; null: the file is gone. The vault is closed.</summary>
    public abstract void PutMirror(object? copy);

    public abstract string MirrorFolder { get; }

    /// <summary>An archive of the templates. The vault may be open.</summary>
    public abstract object CopyTemplates();

    /// <summary>Puts an archive back: alone, or its rows beside those that are there. The vault is closed.</summary>
    public abstract void PutTemplates(object copy, bool beside);

    /// <summary>Closes in good order, does something to the disks, opens again.</summary>
    public async Task ReopenAsync(Action? between = null)
    {
        await test.Vault.DisposeAsync();
        between?.Invoke();
        test.Renew();
        await test.Vault.OpenAsync().WaitAsync(Observation.Patience);
    }

    public void SetRoot(int number, bool reachable) => test.Media[number].IsUnreachable = !reachable;

    public virtual ValueTask DisposeAsync() => test.DisposeAsync();
}

/// <summary>Stores in memory, with every fault they know.</summary>
internal sealed class MemoryBed(int roots, int mirrors) : Bed(TestVault.Empty(roots, mirrors))
{
    public override string MirrorFolder => "mirror0";

    public override void Steal() => Test.Thief.Look();

    public override void Crash(bool machineDies) => Test.Crash(machineDies);

    public override void SetMirror(bool reachable) => Test.MirrorStores[0].IsReachable = reachable;

    public override object? CopyMirror() => Test.MirrorStores[0].Snapshot();

    public override void PutMirror(object? copy) => Test.MirrorStores[0].Restore((KeyStoreImage?)copy);

    /// <summary>As <see cref="Vault.ArchiveAsync"/> does it for files.</summary>
    public override object CopyTemplates()
    {
        var copy = new InMemoryTemplateStoreLocation();
        copy.Restore(Test.Templates.Snapshot()!);
        using ITemplateStore store = copy.Open();
        ArchivedRows.Sift(Test.Vault.Engine, store, CancellationToken.None);
        return copy.Snapshot()!;
    }

    public override void PutTemplates(object copy, bool beside)
    {
        var archive = (RowTable)copy;
        if (!beside)
        {
            Test.Templates.Restore(archive);
            return;
        }

        RowTable.Builder merged = Test.Templates.Snapshot()!.Change();
        foreach ((long id, byte[] blob) in archive.Range(0, long.MaxValue))
            if (Test.Templates.Snapshot()!.Find(id) is null)
                merged.Set(id, blob);
        Test.Templates.Restore(merged.ToTable());
    }
}
