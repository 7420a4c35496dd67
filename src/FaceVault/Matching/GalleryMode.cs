namespace FaceVault;

/// <summary>How a gallery keeps its templates in memory. Searches answer the same, to the bit, and withdrawals reach both.</summary>
public enum GalleryMode
{
    /// <summary>No mode; never a valid value.</summary>
    None = 0,

    /// <summary>Decrypted once: the fastest search, and every template stands in memory while the gallery is open.</summary>
    Open = 1,

    /// <summary>
    /// Encrypted, each template under 32 bytes of key of its own that open nothing outside of this gallery; a search opens a few at a time, compares them and wipes them. Costs about 1 ns a byte for every
    /// search, shared by its probes; suits small galleries and those that are rarely searched. While none is searched, no template stands in memory. No defence against whoever can read
    /// the memory of the process: the keys stand in it.
    /// </summary>
    Sealed = 2,
}
