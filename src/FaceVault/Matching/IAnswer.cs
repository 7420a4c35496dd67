namespace FaceVault.Matching;

/// <summary>What a search found, part by part handed over to the asker without what was removed meanwhile.</summary>
internal interface IAnswer
{
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
