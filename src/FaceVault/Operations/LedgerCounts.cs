using FaceVault.Ledger;

namespace FaceVault.Operations;

/// <summary>How many lines of each kind a ledger has.</summary>
internal sealed class LedgerCounts
{
    private readonly SortedDictionary<LedgerEntryKind, long> kinds = [];
    private readonly SortedDictionary<DeletionTrigger, long> triggers = [];

    public IEnumerable<KeyValuePair<LedgerEntryKind, long>> Kinds => kinds;

    /// <summary>Removed keys by the trigger.</summary>
    public IEnumerable<KeyValuePair<DeletionTrigger, long>> Triggers => triggers;

    /// <summary>Keys of consents that were declared synthetic.</summary>
    public long Synthetic { get; private set; }

    /// <summary>Templates that were handed out.</summary>
    public long Copied { get; private set; }

    public void Add(LedgerEntry entry)
    {
        kinds[entry.Kind] = kinds.GetValueOrDefault(entry.Kind) + 1;
        if (entry.Trigger is { } trigger and not DeletionTrigger.None)
            triggers[trigger] = triggers.GetValueOrDefault(trigger) + 1;
        Synthetic += entry.Synthetic == true ? 1 : 0;
        Copied += entry.Kind == LedgerEntryKind.TemplatesCopied ? entry.Count ?? 0 : 0;
    }
}
