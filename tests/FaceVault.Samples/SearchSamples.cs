namespace FaceVault.Samples;

/// <summary>What docs/matching.md quotes.</summary>
public static class SearchSamples
{
    public static async Task<(int Found, IReadOnlyList<Match> Named)> SearchAsync(Vault vault, IReadOnlyList<float[]> faces)
    {
        int found = 0;
        // search begins
        Gallery gallery = await vault.GetGalleryAsync(new PurposeId("door"));
        using var probes = new ProbeBatch(gallery, faces.Count);
        foreach (float[] face in faces)
            probes.Add(face);

        var hits = new HitBuffer(faces.Count, places: 10_000);            // made once, used for every batch
        gallery.FindAll(probes, Threshold.At(0.42f), hits, new SearchOptions { Rescore = true });
        if (!hits.IsComplete)
            Console.WriteLine("More than 10,000 reached the threshold; these are the best.");
        for (int probe = 0; probe < hits.Count; probe++)
            found += hits[probe].Length;

        GallerySnapshot snapshot = gallery.TakeSnapshot();
        var scores = new float[probes.Count * snapshot.Count];            // row by row; NaN for whoever has left
        gallery.Score(probes, snapshot, scores);
        IReadOnlyList<Match> first = await gallery.ResolveAsync([snapshot[0] with { Score = scores[0] }]);
        // search ends
        return (found, first);
    }
}
