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
            readers.Clear();
            using Sighting seen = Sighting.Of(Options, roots, mirrors);
            RecoveryDecision decision = Recovery.Decide(seen.Observations);
            if (decision.Action != RecoveryAction.Open)
                throw Error.CannotOpen(decision);
            using IKeyStoreReader reader = Options.Store.OpenReader();
            Crown crown = seen.TakeCrown();
            VaultState looked;
            try
            {
                looked = VaultState.Load(reader, crown, seen.SealedCrown);
            }
            catch
            {
                crown.Dispose();
                throw;
            }

            state?.Dispose();
            state = looked;
            rootKey?.Dispose();
            rootKey = SecretKey.From(seen.OpenedWith!.DangerousKey);
            rootKeyId = seen.OpenedWith.KeyId;
            Decision = decision;
        }
        finally
        {
            gate.ExitWriteLock();
        }
    }
}
