using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Matching;

namespace FaceVault.Operations;

/// <summary>Callers who are named under one view of the vault, by one thread. Each slot is read once and in their order, so that neighbours share a page of keys.</summary>
/// <remarks>Answers are handed over while the view is held: no commit becomes visible meanwhile, so nothing is named whose withdrawal returned before the answer was there.</remarks>
internal sealed class NameShare(VaultSession session, ushort purpose, IReadOnlyList<NameQuestion> questions)
{
    /// <summary>Names between two looks whether anybody still waits.</summary>
    private const int Stretch = 64;

    /// <summary>Answers everybody but those who need a paused slot.</summary>
    /// <returns>Those; nothing is held any more.</returns>
    public List<NameQuestion> Answer()
    {
        var held = new List<NameQuestion>();
        uint[] slots = [.. questions.Where(question => !question.IsAnswered).SelectMany(question => question.Candidates).Select(candidate => candidate.Slot).Distinct().Order()];
        if (slots.Length == 0)
            return held;
        session.ThrowIfClockIsBack();
        var names = new Name[slots.Length];
        using ReadScope view = session.Engine.Read();
        using IDisposable? together = view.Store.BeginReading();
        for (int i = 0; i < slots.Length; i++)
        {
            if (i % Stretch == Stretch - 1 && questions.All(question => question.IsAnswered))
                return held;
            names[i] = Read(view, slots[i]);
        }

        foreach (NameQuestion question in questions)
            if (!TryAnswer(question, slots, names))
                held.Add(question);
        return held;
    }

    /// <summary>False when a slot that the caller needs is paused.</summary>
    private static bool TryAnswer(NameQuestion question, uint[] slots, Name[] names)
    {
        if (question.IsAnswered)
            return true;
        var matches = new List<Match>(question.Candidates.Count);
        foreach (Candidate candidate in question.Candidates)
        {
            Name name = names[Array.BinarySearch(slots, candidate.Slot)];
            if (name.IsPaused)
                return false;
            if (name.Failure is { } failure)
            {
                question.Fail(failure);
                return true;
            }

            if (!name.Consent.IsDefault)
                matches.Add(new Match(name.Subject, name.Consent, candidate.Score));
        }

        question.Answer(matches);
        return true;
    }

    private Name Read(ReadScope view, uint slot)
    {
        try
        {
            if (!session.Engine.Leases.TryAcquire(slot, out SlotLease lease))
                return new Name { IsPaused = !session.Engine.Leases.IsStopped(slot) };
            using (lease)
            {
                if (!view.Tree.TryGet(slot, out KeyEntry entry) || entry.PurposeVersion >> 16 != purpose || SlotUse.Check(session, slot, entry, PurposeKind.Identification).Count > 0)
                    return default;
                (SubjectId subject, ConsentId consent) = SealedConsentRecord.OpenNames(entry.EvidenceKey, view.Crown.VaultId, slot, entry.RecordVersion, Resolving.ReadSealed(view, slot));
                return new Name { Subject = subject, Consent = consent };
            }
        }
        catch (Exception failure)
        {
            return new Name { Failure = failure }; // of those who found this slot; the others are answered
        }
    }

    /// <summary>What a slot is called: nobody by default.</summary>
    private readonly record struct Name(SubjectId Subject, ConsentId Consent, bool IsPaused, Exception? Failure);
}
