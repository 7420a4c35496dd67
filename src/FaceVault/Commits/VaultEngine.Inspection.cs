using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

// Reading beside a running writer: no lock, no template key, nothing written; the crown is looked at anew for each call.
internal sealed partial class VaultEngine
{
    private static readonly TimeSpan InspectionPatience = TimeSpan.FromSeconds(2);

    public bool IsInspecting { get; private set; }

    /// <summary>The newest head that stood in a root location at the last look.</summary>
    public RootHead? Head => roots.Head;

    /// <summary>Opens for inspection: the same observations and the same decision as an opening, without its steps.</summary>
    public void StartInspecting()
    {
        IsInspecting = true;
        Refresh();
    }

    /// <summary>Looks again. A writer may be between two steps: what does not open is tried again for two seconds before its code is believed.</summary>
    public void Refresh()
    {
        long start = Options.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                Look();
                return;
            }
            catch (VaultException failure) when (MayPass(failure.Code) && Options.Clock.GetElapsedTime(start) < InspectionPatience)
            {
                Thread.Sleep(50);
            }
        }
    }

    /// <summary>What a look between two steps of a writer may show; everything else is final at once.</summary>
    private static bool MayPass(VaultErrorCode code) =>
        code is VaultErrorCode.StoreDamaged or VaultErrorCode.StoreRolledBack or VaultErrorCode.StoreForked or VaultErrorCode.HeadMissing or VaultErrorCode.StoreFailed;

    private void Look()
    {
        gate.EnterWriteLock();
        try
        {
            using (Sighting seen = Sighting.Of(Options, roots, mirrors))
            {
                RecoveryDecision decision = Recovery.Decide(seen.Observations);
                if (decision.Action != RecoveryAction.Open)
                    throw Error.CannotOpen(decision);
                Decision = decision;
            }

            using var snapshot = new StoreSnapshot(Options.Store);
            See(snapshot);
        }
        finally
        {
            gate.ExitWriteLock();
        }
    }

    /// <summary>A view of the store as it stands now, for one operation.</summary>
    private ReadScope ReadBesideWriter()
    {
        long start = Options.Clock.GetTimestamp();
        gate.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            while (true)
            {
                var snapshot = new StoreSnapshot(Options.Store);
                try
                {
                    See(snapshot);
                    return new ReadScope(gate, readers, State, snapshot);
                }
                catch (VaultException) when (Options.Clock.GetElapsedTime(start) < InspectionPatience)
                {
                    snapshot.Dispose(); // a root key was replaced between two looks
                    Thread.Sleep(50);
                    roots.ReadAll();
                }
                catch
                {
                    snapshot.Dispose();
                    throw;
                }
            }
        }
        catch
        {
            gate.ExitWriteLock();
            throw;
        }
    }

    /// <summary>Makes memory agree with a snapshot: opens its crown with a root key that is there now, and reads the tree unless it is the one already read.</summary>
    private void See(StoreSnapshot snapshot)
    {
        if (state is not null && state.SealedCrown.AsSpan().SequenceEqual(snapshot.SealedCrown))
            return;
        foreach (RootRecord record in roots.Records.OrderBy(r => r.Epoch))
        {
            if (CrownCodec.TryOpen(snapshot.SealedCrown, new RootKey(record.DangerousKey), Options.VaultId) is not { } crown)
                continue;
            try
            {
                VaultState seen = VaultState.Load(snapshot.Reader, crown, snapshot.SealedCrown);
                state?.Dispose();
                state = seen;
            }
            catch
            {
                crown.Dispose();
                throw;
            }

            Options.Reopened(snapshot.Reader, crown);
            return;
        }

        throw Error.StoreDamaged("the crown, which no root key opens,");
    }
}
