using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>Real faces, first image enrolled and all others searched, in a gallery that is filled up with made-up people. Each search gives the score of the own person and the best of all others: both rates come of the same probes.</summary>
internal sealed class LargeGalleryMeasure : IDisposable
{
    private const double Wanted = 0.01;
    private readonly FaceSet faces;
    private readonly TemplateModel model;
    private readonly Gallery gallery;
    private readonly SyntheticPeople people;

    public LargeGalleryMeasure(FaceSet faces, bool normal)
    {
        this.faces = faces;
        model = new TemplateModel("faces", faces.Dimensions, TemplateEncoding.Int8);
        gallery = Fill(0, faces.Enrolled.Length, (i, template) => faces.Enrolled[i].CopyTo(template));
        Score(gallery, out Tail real);
        Real = real;
        HashSet<int> searched = [.. faces.Mates];
        people = new SyntheticPeople([.. faces.Enrolled.Where((_, i) => !searched.Contains(i))], faces.Probes, normal ? null : Real);
        MadeUp = Real;
        for (int round = 0; round < (normal ? 1 : 4); round++)
        {
            if (round > 0)
                people.Adjust(MadeUp);
            using Gallery made = Fill(faces.Enrolled.Length, 10_000, people.Make);
            Score(made, out Tail madeUp);
            MadeUp = madeUp;
        }
    }

    private delegate void Maker(int number, Span<float> template);

    /// <summary>Scores of the probes with other real people.</summary>
    public Tail Real { get; }

    /// <summary>Scores of the probes with 10,000 made-up people.</summary>
    public Tail MadeUp { get; }

    /// <summary>The threshold for FPIR 1 % among so many persons, and who is found; the gallery only grows.</summary>
    public ThresholdCalibration At(int persons)
    {
        Add(gallery, gallery.Count, persons - gallery.Count, people.Make);
        return Score(gallery, out _).Calibrate(Wanted, DateTimeOffset.UnixEpoch);
    }

    public void Dispose() => gallery.Dispose();

    private Gallery Fill(int first, int count, Maker make)
    {
        var filled = new Gallery(model, new GalleryOptions { TimeProvider = TimeProvider.System });
        Add(filled, first, count, make);
        return filled;
    }

    private void Add(Gallery to, int first, int count, Maker make)
    {
        byte[] encoded = new byte[TemplateCodec.EncodedSize(model)];
        float[] template = new float[model.Dimensions];
        for (int i = first; i < first + count; i++)
        {
            make(i, template);
            TemplateCodec.Encode(model, template, encoded);
            if (!to.Add((uint)i + 1, 0, encoded))
                throw new InvalidOperationException("The gallery takes no template; nothing is measured.");
        }
    }

    private LabelledScores Score(Gallery searched, out Tail others)
    {
        GallerySnapshot snapshot = searched.TakeSnapshot();
        int columns = snapshot.Count, batch = Math.Clamp(16 * 1024 * 1024 / columns, 1, 256);
        int[] persons = [.. Enumerable.Range(0, columns).Select(column => (int)snapshot[column].Slot - 1)];
        LabelledScores scores = LabelledScores.ForIdentification(model, columns, columns, columns - 1);
        others = new Tail();
        float[] table = new float[batch * columns];
        using var probes = new ProbeBatch(model, batch);
        for (int first = 0; first < faces.Probes.Length; first += batch)
        {
            probes.Clear();
            foreach (float[] probe in faces.Probes.Skip(first).Take(batch))
                probes.Add(probe);
            searched.Score(probes, snapshot, table);
            for (int i = 0; i < probes.Count; i++)
                Take(table.AsSpan(i * columns, columns), persons, faces.Mates[first + i], scores, others);
        }

        return scores;
    }

    private static void Take(ReadOnlySpan<float> row, int[] persons, int mate, LabelledScores scores, Tail others)
    {
        (float best, int other) = (float.NegativeInfinity, -1);
        for (int column = 0; column < row.Length; column++)
        {
            if (persons[column] == mate)
            {
                scores.AddMated(mate, Math.Clamp(row[column], -1, 1));
                continue;
            }

            others.Add(row[column]);
            if (row[column] > best)
                (best, other) = (row[column], persons[column]);
        }

        scores.AddNonMated(mate, other, Math.Clamp(best, -1, 1));
    }
}
