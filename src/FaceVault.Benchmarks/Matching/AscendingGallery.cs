using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>The worst case of a selection: templates in the order in which their scores against one probe rise, so that every lane passes the floor and takes the first place.</summary>
internal static class AscendingGallery
{
    /// <param name="model">The model.</param>
    /// <param name="templates">A multiple of the templates in a block.</param>
    /// <param name="probe">What they rise against.</param>
    /// <param name="byQuarters">Whether they rise in the order in which a search with one probe meets them when it reads the four quarters of a block side by side; otherwise in the order of the lanes.</param>
    public static Gallery Create(TemplateModel model, int templates, float[] probe, bool byQuarters)
    {
        byte[][] encoded = new byte[templates][];
        float[] scores = new float[templates];
        Parallel.For(0, templates, i =>
        {
            float[] vector = new float[model.Dimensions];
            SyntheticGallery.Vector(i, vector);
            for (int j = 0; j < vector.Length; j++)
                vector[j] += 3f * i / templates * probe[j];
            encoded[i] = new byte[TemplateCodec.EncodedSize(model)];
            TemplateCodec.Encode(model, vector, encoded[i]);
            scores[i] = Similarity.Score(model, encoded[i], probe);
        });
        Array.Sort(scores, encoded);
        var layout = new BlockLayout(model.Dimensions, model.Encoding);
        var gallery = new Gallery(model, new GalleryOptions { Threads = 1, TimeProvider = TimeProvider.System });
        for (int i = 0; i < templates; i++)
        {
            int lane = i % layout.Lanes;
            gallery.Add((uint)i + 1, 0, encoded[byQuarters ? i - lane + Turn(layout, lane) : i]);
        }

        return gallery;
    }

    /// <summary>When such a search comes to a lane of a block: 0 for first.</summary>
    private static int Turn(BlockLayout layout, int lane)
    {
        int panel = lane / layout.LanesPerPanel, quarter = layout.Panels / BlockLayout.Streams;
        return (panel % quarter * BlockLayout.Streams + panel / quarter) * layout.LanesPerPanel + lane % layout.LanesPerPanel;
    }
}
