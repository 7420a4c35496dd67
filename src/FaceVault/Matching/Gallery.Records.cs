using FaceVault.Records;

namespace FaceVault;

/// <content>What is counted of searches for the processing records (PIPL 55, 56; GDPR 30).</content>
public sealed partial class Gallery
{
    private void CountSearches(int probes, int hits)
    {
        options.Counts?.Add(Activity.Searches, probes);
        options.Counts?.Add(Activity.SearchHits, hits);
    }

    private void CountRefusal(RefusedException refused)
    {
        foreach (Violation violation in refused.Violations)
            options.Counts?.Refused(violation.Code);
        refused.IsCounted = true;
    }
}
