using FaceVault.Operations;
using FaceVault.Tests.Matching;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceVault.Tests.Operations;

/// <summary>Which commit a slot was read at decides whether a later change of it is made here, and each template arrives once.</summary>
public sealed class OpenGalleryTests
{
    private static readonly TemplateModel Model = MatchingData.Model(4);
    private static readonly byte[] Encoded = MatchingData.Encode(Model, [1, 2, 3, 4]);

    [Fact]
    public void Slots_are_given_out_once_up_to_those_of_the_view_and_what_comes_later_is_live()
    {
        OpenGallery open = Make();
        using Gallery gallery = open.Gallery;
        Assert.True(open.TryTake(commit: 7, nextSlot: 2_000, out uint first, out uint last));
        Assert.Equal((1u, 1_024u), (first, last));
        Assert.True(open.TryTake(8, 2_000, out first, out last));
        Assert.Equal((1_025u, 1_999u), (first, last));
        Add(open, 2_048, 9);
        Add(open, 2_049, 9); // yet to be read
        Assert.Equal(1, gallery.Count);
        Assert.True(open.TryTake(9, 2_050, out first, out last));
        Assert.Equal((2_049u, 2_049u), (first, last));
        Assert.False(open.TryTake(10, 3_073, out _, out _));
        Add(open, 3_073, 10);
        Assert.Equal(1, gallery.Count);
        Add(open, 3_073, 11);
        Add(open, 9_000, 11);
        Assert.False(open.TryTake(12, 9_001, out _, out _));
        Assert.Equal(3, gallery.Count);
    }

    [Fact]
    public void An_enrolment_is_added_unless_its_slot_was_read_at_its_commit()
    {
        OpenGallery open = Make();
        using Gallery gallery = open.Gallery;
        Add(open, 5, 6);
        Assert.Equal(0, gallery.Count);
        open.TryTake(7, 6, out _, out _);
        open.TryTake(7, 6, out _, out _);
        Add(open, 5, 7); // seen by the view, told afterwards
        Assert.Equal(0, gallery.Count);
        Add(open, 5, 8);
        Assert.Equal(1, gallery.Count);
    }

    [Fact]
    public void A_slot_is_read_anew_once_for_a_commit_and_only_if_it_was_read_before()
    {
        OpenGallery open = Make();
        using Gallery gallery = open.Gallery;
        int read = 0;
        Reload(5);
        open.TryTake(5, 2_000, out _, out _);
        Reload(5); // at that very commit
        Assert.Equal(0, read);
        gallery.Add(3, 0, Encoded);
        Reload(7);
        Reload(7);
        Assert.Equal(1, read);
        Assert.Equal(1, gallery.Count); // the old lane went

        Add(open, 3, 7); // what the new view has seen
        Assert.Equal(1, gallery.Count);
        Add(open, 4, 7);
        Assert.Equal(2, gallery.Count);
        Add(open, 3, 8);
        Assert.Equal(3, gallery.Count);
        Reload(8); // reads that again, with the rest
        Assert.Equal(2, gallery.Count);
        Assert.Equal(2, read);

        void Reload(long commit) => open.Reload(3, commit, () =>
        {
            read++;
            gallery.Add(3, 0, Encoded);
        });
    }

    private static void Add(OpenGallery open, uint slot, long commit) => open.AddLive(slot, 0, Encoded, uint.MaxValue, commit);

    private static OpenGallery Make() => new(1, new Gallery(Model, new FaceVault.Matching.GalleryOptions { TimeProvider = TimeProvider.System }), NullLogger.Instance, "o");
}
