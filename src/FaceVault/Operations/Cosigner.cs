using System.Collections.Concurrent;
using FaceVault.Commits;
using FaceVault.Ledger;

namespace FaceVault.Operations;

/// <summary>Shows the vault's newest checkpoint to its witnesses and keeps what they cosigned. One at a time; thread-safe.</summary>
internal sealed class Cosigner(VaultSession session) : IDisposable
{
    private const int MostTries = 3;

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly ConcurrentDictionary<VerifierKey, long> remembered = new();
    private volatile SignedCheckpoint? cosigned;

    /// <summary>The newest checkpoint that a witness cosigned since the vault was opened.</summary>
    public SignedCheckpoint? Last => cosigned;

    /// <summary>Asks every witness.</summary>
    /// <exception cref="VaultException">
    /// <see cref="VaultErrorCode.WitnessFailed"/>: not all cosigned; what the others did counts. <see cref="VaultErrorCode.StoreRolledBack"/>, <see cref="VaultErrorCode.StoreForked"/>: the vault
    /// is fenced from now on.
    /// </exception>
    public async Task<SignedNote> RunAsync(IReadOnlyList<Witness> witnesses, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (SignedNote note, long size) = await Certificates.CheckpointAsync(session).ConfigureAwait(false);
            session.Engine.ReadLogAhead();
            var own = SignedNote.Parse(note.Text + "\n" + OwnLine(note));
            Task<string>[] asked = [.. witnesses.Select(w => AskAsync(w, own, size, cancellationToken))];
            await ((Task)Task.WhenAll(asked)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            string earlier = note.ToString()[(note.Text.Length + 1)..];
            note = own;
            foreach ((Witness witness, Task<string> answer) in witnesses.Zip(asked)) // one line for each, however often it is asked
                if ((answer.IsCompletedSuccessfully ? await answer.ConfigureAwait(false) : FindCosignature(earlier, witness.Key, own)) is { } line)
                    note = note.WithSignature(line);
            if (asked.Any(a => a.IsCompletedSuccessfully))
                cosigned = new SignedCheckpoint(note, size);
            Exception[] failures = [.. asked.Where(a => !a.IsCompletedSuccessfully).Select(a => a.Exception?.InnerException ?? new OperationCanceledException())];
            if (failures.OfType<VaultException>().FirstOrDefault(f => f.Code is VaultErrorCode.StoreRolledBack or VaultErrorCode.StoreForked) is { } proof)
                throw proof;
            cancellationToken.ThrowIfCancellationRequested();
            return failures.Length == 0 ? note : throw Error.WitnessesFailed(failures.Length, witnesses.Count, failures[0]);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    /// <summary>A cosignature of the witness over the note, as a line; it was checked. What shows another vault fences this one at once, whatever becomes of the others and the call.</summary>
    private async Task<string> AskAsync(Witness witness, SignedNote note, long size, CancellationToken cancellationToken)
    {
        try
        {
            return await AskInTurnsAsync(witness, note, size, cancellationToken).ConfigureAwait(false);
        }
        catch (VaultException proof) when (proof.Code is VaultErrorCode.StoreRolledBack or VaultErrorCode.StoreForked)
        {
            session.Fence(proof);
            throw;
        }
    }

    private async Task<string> AskInTurnsAsync(Witness witness, SignedNote note, long size, CancellationToken cancellationToken)
    {
        long old = Math.Min(remembered.GetValueOrDefault(witness.Key), size);
        for (int i = 0; i < MostTries; i++)
        {
            WitnessAnswer answer = await witness.AddCheckpointAsync(ProofFrom(old, size).Format(new Checkpoint(note)), cancellationToken).ConfigureAwait(false);
            switch (answer.Status)
            {
                case 200:
                    string line = FindCosignature(answer.Body ?? "", witness.Key, note) ?? throw Error.WitnessAnswerWrong();
                    remembered[witness.Key] = size;
                    return line;
                case 409 when old == size && (string.IsNullOrEmpty(answer.Body) || answer.Body == $"{size}\n"): // it remembers that size with another root
                    throw Error.WitnessRemembersAnother(old);
                case 409:
                    ReadOnlySpan<char> rest = answer.Body;
                    if (!MerkleLines.TryNumber(ref rest, out old) || !rest.IsEmpty)
                        throw Error.WitnessRefused(answer.Status);
                    if (old > size)
                        throw Error.WitnessRemembersMore(old, size);
                    break;
                case 422 when old > 0:
                    throw Error.WitnessRemembersAnother(old);
                default:
                    throw Error.WitnessRefused(answer.Status);
            }
        }

        throw Error.WitnessRefused(409);
    }

    private ConsistencyProof ProofFrom(long old, long size)
    {
        using ReadScope view = session.Engine.Read();
        return view.State.LoadLog(view.Store).ProveConsistency(old, size);
    }

    /// <summary>The first line that is by this key and holds; others are nobody's.</summary>
    private static string? FindCosignature(string body, VerifierKey key, SignedNote note)
    {
        foreach (string line in body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(SignedNote.MaxSignatures))
        {
            try
            {
                if (SignedNote.Parse(note.Text + "\n" + line + "\n").Check(key) == NoteFinding.Signed)
                    return line + "\n";
            }
            catch (FormatException)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>The vault's signature alone: witnesses need no other.</summary>
    private static string OwnLine(SignedNote note)
    {
        string text = note.ToString();
        int start = note.Text.Length + 1;
        return text[start..(text.IndexOf('\n', start) + 1)];
    }
}
