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

    /// <summary>Neighbouring slots are one range: a vault that accepted a loss has a million in a row that were never given out.</summary>
    public static IEnumerable<(long From, long To)> Runs(IReadOnlyList<uint> slots)
    {
        uint from = 0, to = 0;
        foreach (uint slot in slots.Order())
        {
            if (from != 0 && slot > to + 1)
                yield return (Of(from, 0), Of(to, ushort.MaxValue));
            if (from == 0 || slot > to + 1)
                from = slot;
            to = slot;
        }

        if (from != 0)
            yield return (Of(from, 0), Of(to, ushort.MaxValue));
    }
}
