namespace FaceVault;

/// <summary>One finding of an audit.</summary>
/// <param name="IsBroken">True: a claim does not hold, bytes are not what was sealed, signed or counted. False: something is owed, behind or missing without that.</param>
/// <param name="Code">A stable word: <c>page</c>, <c>record</c>, <c>template</c>, <c>template-missing</c>, <c>ledger</c>, <c>certificate</c>, <c>mirror</c>, <c>root</c>, <c>work</c>, <c>head</c>, <c>orphan</c>, <c>processing</c> (the processing records).</param>
/// <param name="Count">How many of them.</param>
/// <param name="Message">A sentence, without identifiers.</param>
public sealed record AuditFinding(bool IsBroken, string Code, long Count, string Message);

/// <summary>What an audit checked and found.</summary>
public sealed record AuditReport
{
    /// <summary>Slots whose entries were opened.</summary>
    public required long Slots { get; init; }

    /// <summary>Consent records that opened.</summary>
    public required long Records { get; init; }

    /// <summary>Templates that opened. An audit for inspection opens none.</summary>
    public required long Templates { get; init; }

    /// <summary>Ledger lines that hash to the crown's root.</summary>
    public required long LedgerLines { get; init; }

    /// <summary>Certificate bodies that match the ledger.</summary>
    public required long Certificates { get; init; }

    /// <summary>Consents under a legal hold.</summary>
    public required long Held { get; init; }

    /// <summary>Consents that are kept without being used: restricted on request, or stopped under a legal hold. Nobody opens their templates, an audit neither.</summary>
    public required long Restricted { get; init; }

    /// <summary>Rows of mirrors that are byte-equal to the key store's, taken together.</summary>
    public required long MirrorRows { get; init; }

    /// <summary>What is owed or broken; empty when all is well.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    /// <summary>Whether no claim was found broken.</summary>
    public bool IsIntact => !Findings.Any(f => f.IsBroken);
}
