using System.Collections.Concurrent;
using System.Diagnostics;
using FaceVault.Matching;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Matching;

/// <summary>Knows of every answer whether it can be true: whom it must not name, whom it must, and what each score is to the bit.</summary>
/// <remarks>
/// Events are numbered by one counter: an operation notes its number before it is called and after it has returned, a question before and after. Whoever was gone before the question began may not be named, nor who was gone before the answer
/// was handed over: for a bulk search that is told by the gallery's change numbers, for a caller by the tasks that were not there yet when the withdrawal returned. Whoever had come before the question and did not begin to leave before its end is
/// found first by their own embedding. In between both answers are right.
/// </remarks>
internal sealed class MatchingOracle(TemplateModel model, FixedClock clock, KnownConsent[] residents)
{
    private readonly ConcurrentDictionary<uint, KnownConsent> bySlot = new();
    private readonly ConcurrentDictionary<ConsentId, KnownConsent> byId = new();
    private readonly ConcurrentDictionary<Flight, bool> flights = new();
    private readonly ConcurrentQueue<(Candidate Candidate, float[] Probe)> unknown = new();
    private readonly ConcurrentQueue<string> violations = new();
    private readonly long begun = Stopwatch.GetTimestamp();
    private long events;
    private long answers;
    private long named;

    public TemplateModel Model => model;

    /// <summary>Where nobody comes or goes.</summary>
    public ReadOnlySpan<KnownConsent> Residents => residents;

    public bool IsBroken => !violations.IsEmpty;

    public IReadOnlyCollection<string> Violations => violations;

    public string Summary => FormattableString.Invariant($"{answers:N0} answers, {named:N0} names looked at, {byId.Count:N0} consents");

    public IEnumerable<KnownConsent> All => byId.Values;

    public uint Minute => Minutes(clock.GetUtcNow());

    public static uint Minutes(DateTimeOffset time) => (uint)(time.ToUnixTimeSeconds() / 60);

    public long Now() => Interlocked.Increment(ref events);

    /// <summary>Before its grant is asked for.</summary>
    public void Expect(KnownConsent consent) => byId[consent.Id] = consent;

    /// <summary>When its slot is known, before a template of it is enrolled.</summary>
    public void Place(KnownConsent consent, uint slot)
    {
        consent.Slot = slot;
        bySlot[slot] = consent;
    }

    /// <summary>A call that took these templates away has returned; with <paramref name="ended"/> the whole consent.</summary>
    public void Gone(Gallery gallery, KnownConsent consent, IEnumerable<KnownFace> faces, bool ended)
    {
        uint change = gallery.Change;
        long now = Now();
        foreach (KnownFace face in faces)
            (face.GoneChange, face.Gone) = (change, now);
        if (!ended)
            return;
        consent.Gone = now;
        foreach (Flight flight in flights.Keys)
            if (!flight.Answer.IsCompleted)
                flight.Forbidden.Add(consent.Id);
    }

    /// <summary>Looks at a bulk search's answer to one probe.</summary>
    /// <param name="asked">Whose embedding the probe was.</param>
    /// <param name="probe">Which of their embeddings.</param>
    /// <param name="found">The answer.</param>
    /// <param name="span">When the question began and had been answered.</param>
    /// <param name="minutes">The clock then.</param>
    /// <param name="deliveredAt">The change number of the delivery.</param>
    /// <param name="whole">Whether every resident's score is computed, to see that nobody is missing.</param>
    public void Check(KnownConsent asked, KnownFace probe, ReadOnlySpan<Candidate> found, (long Begun, long Ended) span, (uint Begun, uint Ended) minutes, uint deliveredAt, bool whole)
    {
        Interlocked.Increment(ref answers);
        Interlocked.Add(ref named, found.Length);
        for (int i = 0; i < found.Length; i++)
        {
            Candidate candidate = found[i];
            if (i > 0 && (candidate.Score > found[i - 1].Score || (candidate.Score == found[i - 1].Score && candidate.Slot <= found[i - 1].Slot)))
                Violate("candidates are out of order");
            if (!bySlot.TryGetValue(candidate.Slot, out KnownConsent? consent) || consent.Of((ushort)candidate.Ordinal) is not { } face)
            {
                unknown.Enqueue((candidate, probe.Embedding)); // a renewal that has not returned yet; looked at in the end
                continue;
            }

            if (face.Gone < span.Begun)
                Violate("a bulk search that began after a removal returned names what was removed");
            if (deliveredAt >= face.GoneChange)
                Violate("what was handed over after a removal returned names what was removed");
            if (consent.UseEnds <= minutes.Begun)
                Violate("somebody is named whose use had ended when the bulk search began");
            if (face.Score(probe.Embedding) != candidate.Score)
                Violate("a score is another one than the scalar reference computes");
        }

        if (MustBeFound(asked, probe, span, minutes.Ended) && (found.Length == 0 || found[0].Slot != asked.Slot || found[0].Ordinal != probe.Ordinal))
            Violate("somebody who was there all the time is not found first by their own embedding");
        if (whole && found.Length > 0)
            CheckResidents(probe.Embedding, found);
    }

    /// <summary>Looks at the names that a caller got for one probe.</summary>
    public void Check(KnownConsent asked, KnownFace probe, Flight flight, IReadOnlyList<Match> found, (long Begun, long Ended) span, (uint Begun, uint Ended) minutes)
    {
        Interlocked.Increment(ref answers);
        Interlocked.Add(ref named, found.Count);
        for (int i = 0; i < found.Count; i++)
        {
            Match match = found[i];
            if (i > 0 && match.Score > found[i - 1].Score)
                Violate("matches are out of order");
            if (!byId.TryGetValue(match.Consent, out KnownConsent? consent) || consent.Subject != match.Subject)
            {
                Violate("somebody is named who was never granted, or under another's consent");
                continue;
            }

            if (consent.Gone < span.Begun || flight.Forbidden.Contains(match.Consent))
                Violate("an answer that was there after a withdrawal returned names whom it was about");
            if (consent.UseEnds <= minutes.Begun)
                Violate("somebody is named whose use had ended when the search began");
            if (consent.Slot != 0 && !Scores(consent, probe.Embedding, span.Begun, match.Score))
                Violate("a match's score is none that the scalar reference computes");
        }

        if (MustBeFound(asked, probe, span, minutes.Ended) && (found.Count == 0 || found[0].Consent != asked.Id || found[0].Score != probe.Score(probe.Embedding)))
            Violate("somebody who was there all the time is not named first for their own embedding");
    }

    /// <summary>A caller whose answer is not there yet.</summary>
    public Flight Depart(Task<IReadOnlyList<Match>> answer)
    {
        var flight = new Flight(answer);
        flights[flight] = true;
        return flight;
    }

    public void Land(Flight flight) => flights.TryRemove(flight, out _);

    /// <summary>What could not be judged at once, when nothing runs any more.</summary>
    public void CheckUnknown()
    {
        foreach ((Candidate candidate, float[] probe) in unknown)
        {
            if (!bySlot.TryGetValue(candidate.Slot, out KnownConsent? consent) || consent.Of((ushort)candidate.Ordinal) is not { } face)
                Violate("somebody is found who was never enrolled");
            else if (face.Score(probe) != candidate.Score)
                Violate("a score is another one than the scalar reference computes");
        }
    }

    public void Violate(string what) => violations.Enqueue(FormattableString.Invariant($"after {Stopwatch.GetElapsedTime(begun).TotalSeconds:N1} s: {what}"));

    private static bool MustBeFound(KnownConsent asked, KnownFace face, (long Begun, long Ended) span, uint minuteAtEnd) =>
        face.Added < span.Begun && face.Leaving > span.Ended && asked.UseEnds > minuteAtEnd;

    private static bool Scores(KnownConsent consent, float[] probe, long begun, float score)
    {
        foreach (KnownFace face in consent.Faces)
            if (face.Gone >= begun && face.Score(probe) == score)
                return true;
        return false;
    }

    private void CheckResidents(float[] probe, ReadOnlySpan<Candidate> found)
    {
        HashSet<uint> slots = [];
        foreach (Candidate candidate in found)
            slots.Add(candidate.Slot);
        foreach (KnownConsent resident in residents)
            if (!slots.Contains(resident.Slot) && resident.Faces[0].Score(probe) > found[^1].Score)
                Violate("somebody who is never touched is missing from a list that they belong in");
    }

    internal sealed class Flight(Task<IReadOnlyList<Match>> answer)
    {
        public Task<IReadOnlyList<Match>> Answer { get; } = answer;

        /// <summary>Whoever had been withdrawn while the answer was not there yet.</summary>
        public ConcurrentBag<ConsentId> Forbidden { get; } = [];
    }
}
