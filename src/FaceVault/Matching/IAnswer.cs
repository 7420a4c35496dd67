namespace FaceVault.Matching;

/// <summary>What a bulk search finds: gathered pass by pass, then handed over part by part without what was removed meanwhile.</summary>
internal interface IAnswer
{
    /// <summary>Probes of the last finished search with at least one candidate.</summary>
    int Hits { get; }

    /// <summary>Begins a search; what was delivered stays.</summary>
    /// <param name="probes">How many the batch has.</param>
    /// <param name="threshold">From which score on a candidate counts.</param>
    /// <param name="perTemplate">Whether a slot may be found by several of its templates.</param>
    void Begin(int probes, float threshold, bool perTemplate);

    /// <summary>Runs a pass and notes what it found, without handing it over.</summary>
    void Gather(GalleryScanner scanner, in SearchPass pass);

    /// <summary>All passes are gathered.</summary>
    void EndGathering();

    /// <summary>How many parts there are; each is the work of a moment, since a removal waits for it.</summary>
    int Parts { get; }

    /// <summary>Hands a part over. Inside the store's read side; may be done again from the first part on.</summary>
    /// <param name="part">0 to <see cref="Parts"/> - 1, in this order.</param>
    /// <param name="store">Says what may still be named.</param>
    /// <param name="since">The change from which on removals concern the search.</param>
    void Deliver(int part, GalleryStore store, uint since);

    /// <summary>All parts are handed over, and no removal has finished meanwhile.</summary>
    /// <param name="change">The gallery's change number.</param>
    void EndDelivery(uint change);
}
