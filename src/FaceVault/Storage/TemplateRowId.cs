namespace FaceVault.Storage;

/// <summary>The row number of a template: slot · 2¹⁶ + ordinal, so that a slot's rows lie side by side.</summary>
internal static class TemplateRowId
{
    public static long Of(uint slot, ushort ordinal) => ((long)slot << 16) | ordinal;

    public static uint Slot(long id) => (uint)((id >> 16) & uint.MaxValue);

    public static ushort Ordinal(long id) => (ushort)(id & ushort.MaxValue);

    public static void Check(IReadOnlyList<TemplateRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (TemplateRow row in rows)
        {
            if (row.Slot == 0)
                throw new ArgumentException("Slots start at 1.", nameof(rows));
            if (row.Blob.IsEmpty)
                throw new ArgumentException("A sealed template is never empty.", nameof(rows));
        }
    }
}
