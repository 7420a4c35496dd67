namespace FaceVault.Consents;

/// <summary>The evidence of one consent: what was granted, its salt, where it stands in the ledger, and what happened to it. Immutable; what happens is appended.</summary>
/// <remarks>
/// <para>Sections as ISO/IEC TS 27560 has them: header, processing, party, events. Canonical JSON (RFC 8785) in UTF-8, members that do not apply left out:</para>
/// <code>{"certificates":[…],"events":[{"kind":"given","recipient":…,"reference":…,"role":…,"time":…,"trigger":…}],
/// "header":{"consent":…,"created":…,"format":"facevault-consent-record/v1","salt":…},
/// "party":{"ageBand":…,"ageBandEnds":…,"guardian":…,"recipients":[…],"subject":…},
/// "processing":{"evidenceSha256":…,"expires":…,"form":…,"given":…,"interaction":…,"necessityReference":…,"notice":{"language":…,"sha256":…,"shown":…},"purpose":…,"serviceConditional":true,"useEnds":…,"version":…}}</code>
/// <para>followed by spaces up to a multiple of 256 bytes, and sealed under the slot's evidence key with the associated data label 16 ‖ vault id 16 ‖ slot 4 ‖ record version 2 (<see cref="SealedConsentRecord"/>).
/// It names a person and is never printed.</para>
/// </remarks>
internal sealed partial record ConsentRecord
{
    public const int SaltSize = 32;

    /// <summary>What was granted. Complete: the rules accepted it.</summary>
    public required ConsentGrant Grant { get; init; }

    /// <summary>The purpose version consented to: purpose number &lt;&lt; 16 | version.</summary>
    public required uint PurposeVersion { get; init; }

    /// <summary>When use ends, in whole seconds.</summary>
    public required DateTimeOffset UseEndsAt { get; init => field = DefinitionText.WholeSeconds(value); }

    /// <summary>32 random bytes that key the consent commitment.</summary>
    public required ReadOnlyMemory<byte> Salt
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(value.Length, SaltSize, nameof(Salt));
            field = value;
        }
    }

    /// <summary>Index of the ledger's <c>key-created</c> entry of the present template key.</summary>
    public required long CreatedIndex { get; init { ArgumentOutOfRangeException.ThrowIfNegative(value); field = value; } }

    /// <summary>What happened, oldest first; begins with <see cref="ConsentEventKind.Given"/>.</summary>
    public IReadOnlyList<ConsentEvent> Events { get; private init; } = [];

    /// <summary>Indices of the ledger's <c>destruction-completed</c> entries whose certificates are about this consent.</summary>
    public IReadOnlyList<long> Certificates { get; private init; } = [];

    /// <summary>How far the consent is.</summary>
    public ConsentEventKind State => LastStep?.Kind ?? ConsentEventKind.None;

    /// <summary>The newest event that is a step of the consent's own: about no hold and no copy.</summary>
    public ConsentEvent? LastStep => Events.LastOrDefault(e => !e.IsAside);

    /// <summary>The recipients that were given templates, each once.</summary>
    public IEnumerable<string> Informed => Events.Where(e => e.Kind == ConsentEventKind.Copied).Select(e => e.Recipient).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Whether an event can follow the last one.</summary>
    public bool Takes(ConsentEvent next) => next.MayFollow(State) && (State == ConsentEventKind.None) == (next.Kind == ConsentEventKind.Given);

    /// <summary>The record with one more event.</summary>
    /// <exception cref="ArgumentException">The event cannot follow the last one.</exception>
    public ConsentRecord Append(ConsentEvent next)
    {
        if (!Takes(next))
            throw Error.ConsentEventOrder(nameof(next));
        return this with { Events = [.. Events, next] };
    }

    /// <summary>The record with the index of one more certificate.</summary>
    public ConsentRecord WithCertificate(long completedIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(completedIndex);
        return this with { Certificates = [.. Certificates, completedIndex] };
    }

    public bool Equals(ConsentRecord? other) => other is not null && (ReferenceEquals(this, other) || ToJson().AsSpan().SequenceEqual(other.ToJson()));

    public override int GetHashCode() => HashCode.Combine(Grant, CreatedIndex);

    public override string ToString() => nameof(ConsentRecord);
}
