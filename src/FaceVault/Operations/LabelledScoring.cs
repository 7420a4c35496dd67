using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;

namespace FaceVault.Operations;

/// <summary>Compares labelled probes with a purpose's templates. What leaves are scores with numbers for persons.</summary>
/// <remarks>Identification goes through the gallery's own search for all scores, verification through the very comparison of <see cref="Verifying"/>: what is measured is what is used, and every rule of use holds.</remarks>
internal static class LabelledScoring
{
    /// <summary>Scores held at once: 32 MB.</summary>
    private const int ScoresAtOnce = 8 * 1024 * 1024;

    /// <summary>A mated score of so much is of one and the same picture: it measures nothing.</summary>
    private const float SamePicture = 0.9999f;

    public static async Task<LabelledScores> RunAsync(
        VaultSession session, PurposeId id, IReadOnlyList<LabelledProbe> probes, string? modelName, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        PurposeEntry purpose = session.Purposes.Get(id);
        TemplateModel model = TemplateModels.Choose(purpose.Newest, modelName, "model");
        foreach (LabelledProbe probe in probes)
            ProbeBatch.Check(model, probe.Embedding.Span, nameof(probes));
        int[] persons = Number(probes, out SubjectId[] subjects);
        switch (purpose.Current.Kind)
        {
            case PurposeKind.Verification:
                List<uint>[] slots = await SlotsAsync(session, purpose, subjects, cancellationToken).ConfigureAwait(false);
                using (var prepared = new PreparedProbes(model, purpose.RotationOf(model), probes))
                    return await VerifyAllAsync(session, model, prepared, persons, slots, progress, cancellationToken).ConfigureAwait(false);
            case PurposeKind.Identification:
                Gallery gallery = await GalleryLoader.OpenAsync(session, id, model.Name, GalleryMode.Open, cancellationToken).ConfigureAwait(false);
                List<uint>[] enrolled = await SlotsAsync(session, purpose, subjects, cancellationToken).ConfigureAwait(false);
                return await Task.Run(() => SearchAll(gallery, probes, persons, enrolled, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
            default:
                throw new RefusedException([Error.OperationNotConsented()]);
        }
    }

    /// <summary>Numbers the subjects as they come.</summary>
    private static int[] Number(IReadOnlyList<LabelledProbe> probes, out SubjectId[] subjects)
    {
        var numbers = new Dictionary<SubjectId, int>();
        var persons = new int[probes.Count];
        for (int i = 0; i < persons.Length; i++)
        {
            if (!numbers.TryGetValue(probes[i].Subject, out persons[i]))
                numbers.Add(probes[i].Subject, persons[i] = numbers.Count);
        }

        subjects = [.. numbers.OrderBy(number => number.Value).Select(number => number.Key)];
        return persons;
    }

    /// <summary>For each subject the slots of its consents to the purpose's newest version.</summary>
    private static Task<List<uint>[]> SlotsAsync(VaultSession session, PurposeEntry purpose, SubjectId[] subjects, CancellationToken cancellationToken) => session.RunAsync(
        () =>
        {
            var slots = new List<uint>[subjects.Length];
            Span<byte> utf8 = stackalloc byte[256];
            for (int i = 0; i < slots.Length; i++)
            {
                using ReadScope view = session.Engine.Read(); // a short one each: commits come between
                slots[i] = [.. view.FindSubject(utf8[..subjects[i].CopyUtf8To(utf8)]).Where(slot => view.Tree.TryGet(slot, out KeyEntry entry) && entry.PurposeVersion == purpose.CurrentVersion)];
            }

            return slots;
        },
        mayBeBusy: true, cancellationToken);

    private static LabelledScores SearchAll(
        Gallery gallery, IReadOnlyList<LabelledProbe> probes, int[] persons, List<uint>[] slots, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        GallerySnapshot snapshot = gallery.TakeSnapshot();
        var personOfSlot = new Dictionary<uint, int>();
        for (int person = 0; person < slots.Length; person++)
            foreach (uint slot in slots[person])
                personOfSlot[slot] = person;
        var columns = new int[snapshot.Count];
        for (int column = 0; column < columns.Length; column++) // somebody without a probe is numbered behind those who have one
        {
            uint slot = snapshot[column].Slot;
            if (!personOfSlot.TryGetValue(slot, out columns[column]))
                personOfSlot.Add(slot, columns[column] = slots.Length + personOfSlot.Count);
        }

        HashSet<int> enrolled = [.. columns];
        int searched = enrolled.Count - (persons.Any(enrolled.Contains) ? 1 : 0);
        if (searched < 1)
            throw new RefusedException([Error.GalleryTooSmallToMeasure()]);
        LabelledScores scores = LabelledScores.ForIdentification(gallery.Model, enrolled.Count, columns.Length, searched);
        int batch = Math.Clamp(ScoresAtOnce / columns.Length, 1, 256);
        using var packed = new ProbeBatch(gallery, batch);
        var table = new float[batch * columns.Length];
        for (int first = 0; first < probes.Count; first += batch)
        {
            packed.Clear();
            for (int i = first; i < Math.Min(probes.Count, first + batch); i++)
                packed.Add(probes[i].Embedding.Span);
            gallery.Score(packed, snapshot, table, cancellationToken);
            for (int i = 0; i < packed.Count; i++)
                AddBest(scores, table.AsSpan(i * columns.Length, columns.Length), columns, persons[first + i]);
            progress?.Report(first + packed.Count);
        }

        return scores;
    }

    private static void AddBest(LabelledScores scores, ReadOnlySpan<float> row, int[] columns, int person)
    {
        float own = float.NegativeInfinity, best = float.NegativeInfinity;
        int other = -1;
        for (int column = 0; column < row.Length; column++)
        {
            if (columns[column] == person)
                own = row[column] > own ? row[column] : own;
            else if (row[column] > best) // not NaN: who was removed meanwhile
                (best, other) = (row[column], columns[column]);
        }

        if (own is > float.NegativeInfinity and < SamePicture)
            scores.AddMated(person, Math.Clamp(own, -1, 1));
        if (other >= 0)
            scores.AddNonMated(person, other, Math.Clamp(best, -1, 1));
    }

    private static async Task<LabelledScores> VerifyAllAsync(
        VaultSession session, TemplateModel model, PreparedProbes probes, int[] persons, List<uint>[] slots, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        LabelledScores scores = LabelledScores.ForVerification(model);
        for (int person = 0; person < slots.Length; person++)
        {
            foreach (uint slot in slots[person])
            {
                float[] compared = await Verifying.CompareAsync(session, slot, probes, model.Name, cancellationToken).ConfigureAwait(false) ?? [];
                for (int i = 0; i < compared.Length; i++)
                {
                    if (persons[i] != person)
                        scores.AddNonMated(persons[i], person, compared[i]);
                    else if (compared[i] < SamePicture)
                        scores.AddMated(person, compared[i]);
                }
            }

            progress?.Report(person + 1);
        }

        return scores;
    }
}
