using FaceVault.Operations;

namespace FaceVault;

/// <content>Use: 1:N over shared galleries, 1:1 over one consent, analysis of one consent's templates.</content>
public sealed partial class Vault
{
    /// <summary>The open gallery of a purpose and model, shared by all callers and owned by the vault: do not dispose it. The first call decrypts it, on <see cref="VaultOptions.MatchingThreads"/> threads of its own (about 2 µs a template for each of them); what commits meanwhile is in it when it is handed over.</summary>
    /// <param name="purpose">A purpose of kind identification.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="cancellationToken">Ends the waiting, not the loading.</param>
    /// <returns>The gallery of the purpose's newest version. Ask again rather than keep it: after a new version it is another one, and the former one refuses (<see cref="ViolationCode.PurposeVersionNotConsented"/>); it is closed (<see cref="Gallery.IsClosed"/>) with the vault or when its model is retired.</returns>
    /// <exception cref="RefusedException"><see cref="ViolationCode.OperationNotConsented"/>: the purpose is for something else; <see cref="ViolationCode.ModelNotAdmitted"/>: the model was retired.</exception>
    /// <exception cref="ArgumentException">The purpose admits no such model.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>; <see cref="VaultErrorCode.IntegrityViolated"/>: a stored template was changed or
    /// damaged; <see cref="VaultErrorCode.CapacityExceeded"/>: so much memory cannot be locked, and <see cref="VaultOptions.RequireLockedGalleries"/> is set.</exception>
    public Task<Gallery> GetGalleryAsync(PurposeId purpose, string? model = null, CancellationToken cancellationToken = default) =>
        GetGalleryAsync(purpose, model, GalleryMode.Open, cancellationToken);

    /// <summary>The gallery of a purpose and model, open or sealed, as <see cref="GetGalleryAsync(PurposeId, string?, CancellationToken)"/> gives the open one: shared by all callers, one for each mode, and owned by the vault.</summary>
    /// <param name="purpose">A purpose of kind identification.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="mode">How the gallery keeps its templates. Both kinds may be open at once; enrolments and withdrawals reach both.</param>
    /// <param name="cancellationToken">Ends the waiting, not the loading.</param>
    /// <returns>The gallery of the purpose's newest version. Ask again rather than keep it. A sealed one in whose memory a search found damage (<see cref="VaultErrorCode.IntegrityViolated"/>) is closed and loaded anew here.</returns>
    /// <exception cref="RefusedException"><see cref="ViolationCode.OperationNotConsented"/>: the purpose is for something else; <see cref="ViolationCode.ModelNotAdmitted"/>: the model was retired.</exception>
    /// <exception cref="ArgumentException">The purpose admits no such model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The mode is neither.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>; <see cref="VaultErrorCode.IntegrityViolated"/>: a stored template was changed or
    /// damaged; <see cref="VaultErrorCode.CapacityExceeded"/>: so much memory cannot be locked, and <see cref="VaultOptions.RequireLockedGalleries"/> is set.</exception>
    public async Task<Gallery> GetGalleryAsync(PurposeId purpose, string? model, GalleryMode mode, CancellationToken cancellationToken = default)
    {
        PurposeId.Check(purpose, nameof(purpose));
        if (mode is not (GalleryMode.Open or GalleryMode.Sealed))
            throw Error.GalleryModeUnknown(nameof(mode));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return await open.CountedAsync(purpose, () => GalleryLoader.OpenAsync(open, purpose, model, mode, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Compares one probe with the templates of one consent (1:1). The probe is not stored.</summary>
    /// <param name="consent">The consent, of a purpose of kind verification.</param>
    /// <param name="probe">As many finite numbers as the model has dimensions; copied before the call returns, in a vault that is open.</param>
    /// <param name="threshold">Required: a score at or above it is a match.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="cancellationToken">Counts until the comparison begins.</param>
    /// <returns>Match, no match, or refused with the reasons; refused too where <see cref="Threshold.Calibrated"/> stands and none was measured.</returns>
    /// <exception cref="ArgumentException">The threshold is not set, the probe does not fit the model, or the purpose admits no such model.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait already; <see cref="VaultErrorCode.IntegrityViolated"/>: a stored
    /// template was changed or damaged.</exception>
    /// <remarks>Runs on threads of the vault's own, <see cref="VaultOptions.MatchingThreads"/> of them: no thread of the pool is held while a commit is written.</remarks>
    public async Task<FaceVerification> VerifyFaceAsync(
        ConsentId consent, ReadOnlyMemory<float> probe, Threshold threshold, string? model = null, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        _ = threshold.Floor(nameof(threshold));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return await open.CountedAsync(consent, () => Verifying.VerifyAsync(open, consent, probe, threshold, model, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Hands each template of one consent to a function, decrypted into locked memory that is wiped when the function has returned.</summary>
    /// <typeparam name="TResult">What the function answers about one template. What it copies out is the caller's to protect.</typeparam>
    /// <param name="consent">The consent, of a purpose of kind analysis.</param>
    /// <param name="analysis">Called once for each template of the model, on this thread: as many numbers as the model has dimensions, of length 1 and in the model's own space: what the purpose's rotation did is undone, up to rounding in each number (below 10^-6; an int8
    /// template is rounded to its 127 steps before). A withdrawal of this consent waits for it up to
    /// <see cref="VaultOptions.DrainTimeout"/>; nobody else's does.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="cancellationToken">Counts until the function is called, and between two templates.</param>
    /// <returns>The answers, in the order of the templates' numbers.</returns>
    /// <exception cref="RefusedException">The consent is unknown, withdrawn, expired, restricted or for something else, or it has no template of the model.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.IntegrityViolated"/>: a stored template was changed or damaged.</exception>
    /// <remarks>Inside the function a withdrawal, replacement, renewal or sweep of this vault throws <see cref="InvalidOperationException"/>: it would wait for itself.</remarks>
    public async Task<IReadOnlyList<TResult>> AnalyzeAsync<TResult>(
        ConsentId consent, Func<ReadOnlySpan<float>, TResult> analysis, string? model = null, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        ArgumentNullException.ThrowIfNull(analysis);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return await open.CountedAsync(consent, () => Analyzing.AnalyzeAsync(open, consent, analysis, model, cancellationToken)).ConfigureAwait(false);
    }
}
