namespace FaceVault;

/// <summary>Somebody who remembers the newest checkpoint of a vault and cosigns what continues it (C2SP <c>tlog-witness</c>). What a witness remembers shows a vault that was put back in time.</summary>
/// <remarks>Called by <see cref="Vault.CosignAsync"/> alone, and by several vaults at once if they share it.</remarks>
public interface IWitness
{
    /// <summary>The key that its cosignatures are checked with (<see cref="VerifierKey.IsWitness"/>).</summary>
    VerifierKey Key { get; }

    /// <summary>Hands over a checkpoint: the body of <c>add-checkpoint</c>, answered with its status and body.</summary>
    /// <param name="request"><c>old N</c>, the consistency proof, an empty line, the signed checkpoint: <see cref="ConsistencyProof.Format"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>200 and signature lines; 409 and the size that the witness remembers, or no size where it remembers that one with another root; 422 for what does not continue what it remembers; others refuse.</returns>
    Task<WitnessAnswer> AddCheckpointAsync(string request, CancellationToken cancellationToken);
}

/// <summary>What a witness answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The text, at most 128 Ki characters.</param>
public readonly record struct WitnessAnswer(int Status, string Body);
