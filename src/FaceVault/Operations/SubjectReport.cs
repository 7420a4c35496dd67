using System.Text.Json.Serialization;
using FaceVault.Consents;

namespace FaceVault;

/// <summary>What a vault keeps about one person, for that person (GDPR 15, PIPL 45): every consent whose evidence lives, with its purpose, dates, recipients and history. Made by <see cref="Vault.GetSubjectReportAsync"/>.</summary>
/// <remarks>It names a person: hand it to that person. Never printed, and refused by System.Text.Json; <see cref="ToJson"/> is its one form. It holds no template and no key. Immutable and thread-safe.</remarks>
[JsonConverter(typeof(RefusingJsonConverter<SubjectReport>))]
public sealed class SubjectReport
{
    /// <summary>The value of the member <c>format</c>.</summary>
    public const string Format = "facevault-subject-report/v1";

    private readonly byte[] json;

    internal SubjectReport(SubjectId subject, DateTimeOffset made, IReadOnlyList<ConsentInfo> consents, byte[] json)
    {
        Subject = subject;
        MadeAt = made;
        Consents = consents;
        this.json = json;
    }

    /// <summary>The person.</summary>
    public SubjectId Subject { get; }

    /// <summary>When it was made, in whole seconds.</summary>
    public DateTimeOffset MadeAt { get; }

    /// <summary>The person's consents in the order of their slots; empty when the vault keeps nothing about the person.</summary>
    public IReadOnlyList<ConsentInfo> Consents { get; }

    /// <summary>
    /// The whole report as JSON in UTF-8, one line without a line end: <c>{"v":1,"format":…,"vault":…,"made":…,"subject":…,"consents":[…]}</c>. Each consent has the members <c>consent</c>,
    /// <c>purpose</c>, <c>version</c>, <c>kind</c>, <c>description</c>, <c>alternatives</c>, <c>status</c>, <c>held</c>, <c>given</c>, <c>expires</c>, <c>useEnds</c>, <c>templates</c> (how many),
    /// <c>notice</c>, <c>form</c>, <c>ageBand</c>, <c>ageBandEnds</c>, <c>guardian</c>, <c>interaction</c>, <c>serviceConditional</c>, <c>necessityReference</c>, <c>evidenceSha256</c>, <c>recipients</c>, <c>recipientsToNotify</c> (who was given templates), <c>created</c> and <c>certificates</c> (ledger indices) and
    /// <c>events</c>; those that do not apply are left out.
    /// </summary>
    public byte[] ToJson() => [.. json];

    /// <summary>The type's name, never a value.</summary>
    public override string ToString() => nameof(SubjectReport);
}
