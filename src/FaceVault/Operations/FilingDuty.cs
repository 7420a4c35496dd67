using System.Globalization;
using FaceVault.Consents;
using FaceVault.Cryptography;

namespace FaceVault.Operations;

/// <summary>A duty to file that was crossed (P11: CAC 15).</summary>
/// <param name="Threshold">In persons.</param>
/// <param name="CrossedOn">The day, by the profile's calendar days, on which so many persons were first kept.</param>
/// <param name="DueOn">The last day for filing; null where it was filed before a calendar was given.</param>
/// <param name="FiledAt">When the filing was recorded; null = not yet.</param>
/// <param name="Reference">The authority's reference of it.</param>
internal sealed record FilingDuty(long Threshold, DateOnly CrossedOn, DateOnly? DueOn, DateTimeOffset? FiledAt = null, string? Reference = null);

/// <summary>All duties of a vault at rest, one row: <c>{"duties":[{"crossed":day,"due":day,"filed":time,"reference":text,"threshold":n}]}</c>, canonical, sealed under the ledger key.</summary>
internal static class FilingRow
{
    /// <summary>Its place among the purposes, whose numbers begin at 1.</summary>
    public const long Key = 0;

    private const string Document = "row of filings";

    public static byte[] Seal(LedgerKey key, ReadOnlySpan<byte> vaultId, IEnumerable<FilingDuty> duties)
    {
        byte[] json = Write(duties);
        var blob = new byte[json.Length + Aead.Overhead];
        Aead.Seal(key.DangerousBytes, json, AssociatedData(vaultId, stackalloc byte[32]), blob);
        return blob;
    }

    public static IReadOnlyList<FilingDuty> Open(LedgerKey key, ReadOnlySpan<byte> vaultId, ReadOnlySpan<byte> blob)
    {
        var json = new byte[Math.Max(0, blob.Length - Aead.Overhead)];
        return Aead.TryOpen(key.DangerousBytes, blob, AssociatedData(vaultId, stackalloc byte[32]), json) && TryRead(json) is { } duties ? duties : throw Error.StoreDamaged("the row of filings");
    }

    public static byte[] Write(IEnumerable<FilingDuty> duties)
    {
        var json = new CanonicalJsonWriter(stackalloc byte[512]);
        try
        {
            json.Raw("{\"duties\":["u8);
            bool isFirst = true;
            foreach (FilingDuty duty in duties.OrderBy(duty => duty.Threshold))
            {
                json.Raw(isFirst ? "{\"crossed\":"u8 : ",{\"crossed\":"u8);
                json.Text(Day(duty.CrossedOn));
                json.OptionalText(",\"due\":"u8, duty.DueOn is { } due ? Day(due) : null);
                if (duty.FiledAt is { } filed)
                {
                    json.Raw(",\"filed\":"u8);
                    json.Time(filed);
                }

                json.OptionalText(",\"reference\":"u8, duty.Reference);
                json.Raw(",\"threshold\":"u8);
                json.Integer(duty.Threshold);
                json.Raw("}"u8);
                isFirst = false;
            }

            json.Raw("]}"u8);
            return json.Written.ToArray();
        }
        finally
        {
            json.Dispose();
        }
    }

    /// <summary>The duties, where the bytes are what <see cref="Write"/> makes of them; null otherwise.</summary>
    public static IReadOnlyList<FilingDuty>? TryRead(ReadOnlySpan<byte> utf8)
    {
        try
        {
            IReadOnlyList<FilingDuty> duties = Read(utf8);
            return Write(duties).AsSpan().SequenceEqual(utf8) ? duties : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static FilingDuty[] Read(ReadOnlySpan<byte> utf8)
    {
        StrictJson json = StrictJson.Root(utf8, Document, ["duties"]);
        return [.. (json.ObjectArray("duties", "crossed", "due", "filed", "reference", "threshold") ?? []).Select(duty => new FilingDuty(
            duty.LongInteger("threshold") ?? throw duty.Refuse("threshold", "is missing"),
            duty.Parsed("crossed", WorkingDayCalendar.ReadDay),
            duty.Parsed<DateOnly?>("due", text => WorkingDayCalendar.ReadDay(text)),
            duty.Time("filed") is var filed && filed == default ? null : filed,
            duty.Text("reference", IdText.MaxUtf8Bytes)))];
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> vaultId, Span<byte> destination)
    {
        Labels.Filing.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        return destination;
    }
}
