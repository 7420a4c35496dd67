using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Tests.Matching;

/// <summary>One template as the oracle knows it: when it came and went, in its order of events.</summary>
internal sealed class KnownFace(TemplateModel model, Rotation? rotation, ushort ordinal, float[] embedding)
{
    public const long Never = long.MaxValue;

    public ushort Ordinal { get; } = ordinal;

    public float[] Embedding { get; } = embedding;

    public byte[] Encoded { get; } = MatchingData.Encode(model, embedding, rotation);

    /// <summary>When the call that enrolled it had returned.</summary>
    public long Added { get; set; } = Never;

    /// <summary>When a call that takes it away, or moves it, was about to begin.</summary>
    public long Leaving { get; set; } = Never;

    /// <summary>When that call had returned.</summary>
    public long Gone { get; set; } = Never;

    /// <summary>The gallery's change number after that: answers handed over at this one or later were handed over afterwards.</summary>
    public uint GoneChange { get; set; } = uint.MaxValue;

    public float Score(ReadOnlySpan<float> probe) => Similarity.Score(model, Encoded, probe, rotation);
}

/// <summary>One consent as the oracle knows it. Changed by one worker, looked at by all.</summary>
internal sealed class KnownConsent(ConsentId id, SubjectId subject, uint useEnds)
{
    private KnownFace[] faces = [];

    public ConsentId Id { get; } = id;

    public SubjectId Subject { get; } = subject;

    /// <summary>Unix minutes.</summary>
    public uint UseEnds { get; } = useEnds;

    /// <summary>0 until it is known.</summary>
    public uint Slot { get; set; }

    /// <summary>The number of the next template.</summary>
    public ushort Next { get; set; }

    /// <summary>When it had been withdrawn or superseded.</summary>
    public long Gone { get; set; } = KnownFace.Never;

    /// <summary>All templates that ever were, the living ones among them.</summary>
    public ReadOnlySpan<KnownFace> Faces => Volatile.Read(ref faces);

    /// <summary>Those that came and did not begin to leave; what a refused call would have brought never came.</summary>
    public KnownFace[] Living => [.. Volatile.Read(ref faces).Where(face => face.Added != KnownFace.Never && face.Leaving == KnownFace.Never)];

    /// <summary>Before the vault hears of it: a search may find it from then on.</summary>
    public KnownFace Expect(TemplateModel model, Rotation? rotation, float[] embedding)
    {
        var face = new KnownFace(model, rotation, Next++, embedding);
        Volatile.Write(ref faces, [.. faces, face]);
        return face;
    }

    public KnownFace? Of(ushort ordinal)
    {
        foreach (KnownFace face in Faces)
            if (face.Ordinal == ordinal)
                return face;
        return null;
    }
}
