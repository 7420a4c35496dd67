namespace FaceVault;

/// <content>Searches of a gallery.</content>
internal static partial class Error
{
    public static InvalidOperationException SearchInsideSearch() => new(
        "This was called from the progress of a search of the same gallery, whose end it would wait for. Return from there first, then search again.");

    public static ArgumentException ProbesOfAnotherPurpose(string parameter) => new(
        "The probes were made for a gallery of another purpose, and each purpose turns templates and probes its own way. Make the batch for this gallery: new ProbeBatch(gallery, capacity).", parameter);

    public static ArgumentException SnapshotOfAnotherGallery(string parameter) => new(
        "The snapshot was taken of another gallery. Take one of this gallery with Gallery.TakeSnapshot.", parameter);

    public static ArgumentException ScoresTooSmall(string parameter, long numbers) => new(
        $"There are {numbers} scores, probes times columns, and the destination has fewer places. Make it larger, or score fewer probes at once.", parameter);
}
