using FaceVault.Keys;

namespace FaceVault.Commits;

// Another passphrase: the root key is written under it beside the former record at every location, then the former records are overwritten everywhere, then the key is replaced.
// A crash before the first record is overwritten leaves locations that all open with the former passphrase, after it locations that all open with the new one.
internal sealed partial class VaultEngine
{
    /// <summary>Protects every root location by another passphrase, or by none.</summary>
    /// <param name="passphrases">Those of the root key store.</param>
    /// <param name="next">The new one, which the store owns once this was called; null for none.</param>
    /// <exception cref="ErasureIncompleteException">The new one holds, and the root key is not replaced.</exception>
    /// <exception cref="VaultException">As of a destroying commit, the former one holds: every listed place must be there. <see cref="VaultErrorCode.VaultFaulted"/>: it is not decided which one holds.</exception>
    public void ChangePassphrase(RootPassphrases passphrases, RootPassphrase? next)
    {
        try
        {
            EnsureWhole();
            if (!roots.AllReached(State.Crown.Places) || roots.Staged.Any())
                throw NotWhole();
        }
        catch
        {
            next?.Dispose();
            throw;
        }

        ulong keyId = NewKeyId();
        passphrases.Begin(next, keyId);
        bool isStaged = false; // until then the former record stands at every location
        try
        {
            roots.Stage(keyId, State.Crown.Epoch, State.Crown.VaultId, rootKey!);
            isStaged = true;
            roots.Promote(keyId);
            rootKeyId = keyId;
            passphrases.Settle(keyId);
        }
        catch (Exception failure)
        {
            Fault(failure); // either record may stand at any location: looking again settles on the one that stands at all
            bool isDecided = TryRecover() && !passphrases.IsChanging;
            if (isStaged && !isDecided)
                throw Error.PassphraseUndecided(failure);
            if (!isDecided || rootKeyId != keyId)
                throw;
        }

        try
        {
            Destroy([], new KeyReplacement(State.Crown.Epoch)); // what the former passphrase opens in copies of the locations is worth nothing from here on
            RecordHead();
        }
        catch (Exception failure) when (failure is VaultException or IOException)
        {
            throw Error.PassphraseChangeIncomplete(failure);
        }
    }

    /// <summary>The key id under which to go on where locations hold the key of one epoch twice, under two passphrases: the one that stands everywhere.</summary>
    private ulong ChooseKeyId(RootRecord opened)
    {
        List<RootPlaceReading> reached = [.. roots.Reached];
        bool StandsEverywhere(ulong id) => reached.TrueForAll(place => place.Reading.Records.Any(r => r.KeyId == id && !r.IsLocked));
        return reached.SelectMany(place => place.Reading.Records).Where(r => r.Epoch == opened.Epoch).Select(r => r.KeyId).Append(opened.KeyId)
            .OrderBy(id => id == opened.KeyId ? 0 : 1).FirstOrDefault(StandsEverywhere, opened.KeyId);
    }

    /// <summary>Ends or takes back a change of the passphrase that broke off, when every location is there: the other record of the same key is overwritten.</summary>
    private void SettlePassphrase()
    {
        bool isTwice = roots.Reached.Any(place => place.Reading.Records.Any(r => r.Epoch == State.Crown.Epoch && r.KeyId != rootKeyId));
        if (isTwice && (IsDegraded || !roots.AllReached(State.Crown.Places)))
            return;
        if (isTwice)
            roots.Promote(rootKeyId);
        (Options.Roots as IPassphraseStore)?.Passphrases.Settle(rootKeyId);
    }
}
