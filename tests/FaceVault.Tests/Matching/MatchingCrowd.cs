using FaceVault.Commits;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Matching;

/// <summary>One worker's people: they come, are enrolled again, replaced, renewed and withdrawn, one call after another, and the oracle is told before and after each.</summary>
internal sealed class MatchingCrowd(TestVault test, Gallery gallery, MatchingOracle oracle, Random random, string name)
{
    private const int Most = 30;
    private readonly List<KnownConsent> people = [];
    private readonly KnownConsent?[] seen = new KnownConsent?[256];
    private int came;

    /// <summary>How often each thing happened.</summary>
    public Dictionary<string, int> Done { get; } = [];

    /// <summary>Somebody who is here, or was not long ago; null before anybody came.</summary>
    public KnownConsent? Anybody(Random chooser) => Volatile.Read(ref seen[chooser.Next(seen.Length)]);

    public async Task StepAsync()
    {
        if (people.Count < 5 || (people.Count < Most && random.Next(4) == 0))
        {
            await ComeAsync();
            return;
        }

        KnownConsent person = people[random.Next(people.Count)];
        bool isOver = person.UseEnds <= oracle.Minute + 1;
        int what = random.Next(10);
        try
        {
            if (isOver && what < 5)
                people.Remove(person); // stays in the vault, not to be found any more
            else if (isOver || what == 0)
                await RenewAsync(person);
            else if (what < 3 && person.Living.Length < 4)
                await EnrollAsync(person);
            else if (what < 5)
                await ReplaceAsync(person);
            else if (what < 6 && person.Living.Length > 1)
                await RemoveAsync(person);
            else
                await WithdrawAsync(person);
        }
        catch (RefusedException) when (person.UseEnds <= oracle.Minute)
        {
            people.Remove(person); // the clock was faster
        }
    }

    private async Task ComeAsync()
    {
        KnownConsent person = NewConsent(new SubjectId($"{name} {came}"), isBrief: random.Next(3) == 0);
        try
        {
            await test.Vault.GrantConsentAsync(GrantOf(person));
            oracle.Place(person, SlotOf(person.Id));
            await EnrollAsync(person);
        }
        catch (RefusedException) when (person.UseEnds <= oracle.Minute)
        {
            return;
        }

        Count("came");
        Keep(person);
    }

    private async Task EnrollAsync(KnownConsent person)
    {
        KnownFace face = person.Expect(oracle.Model, gallery.Rotation, NewFace());
        await test.Vault.EnrollAsync(person.Id, oracle.Model.Name, face.Embedding);
        face.Added = oracle.Now();
        Count("enrolled");
    }

    private async Task ReplaceAsync(KnownConsent person)
    {
        KnownFace[] former = Leave(person);
        KnownFace[] fresh = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => person.Expect(oracle.Model, gallery.Rotation, NewFace()))];
        await test.Vault.ReplaceTemplatesAsync(person.Id, oracle.Model.Name, [.. fresh.Select(face => (ReadOnlyMemory<float>)face.Embedding)]);
        oracle.Gone(gallery, person, former, ended: false);
        Arrive(fresh);
        Count("replaced");
    }

    private async Task RemoveAsync(KnownConsent person)
    {
        KnownFace[] former = Leave(person);
        KnownFace removed = former[random.Next(former.Length)];
        KnownFace[] kept = [.. former.Where(face => face != removed).Select(face => person.Expect(oracle.Model, gallery.Rotation, face.Embedding))]; // sealed again under new numbers
        await test.Vault.RemoveTemplateAsync(person.Id, removed.Ordinal);
        oracle.Gone(gallery, person, former, ended: false);
        Arrive(kept);
        Count("removed");
    }

    private async Task RenewAsync(KnownConsent person)
    {
        KnownConsent next = NewConsent(person.Subject, isBrief: false);
        KnownFace[] former = Leave(person);
        KnownFace[] moved = [.. former.Select(face => next.Expect(oracle.Model, gallery.Rotation, face.Embedding))];
        people.Remove(person);
        await test.Vault.RenewConsentAsync(person.Id, GrantOf(next));
        oracle.Gone(gallery, person, former, ended: true);
        oracle.Place(next, SlotOf(next.Id));
        Arrive(moved);
        Keep(next);
        Count("renewed");
    }

    private async Task WithdrawAsync(KnownConsent person)
    {
        people.Remove(person);
        KnownFace[] former = Leave(person);
        await test.Vault.WithdrawConsentAsync(person.Id);
        oracle.Gone(gallery, person, former, ended: true);
        Count("withdrawn");
    }

    private KnownConsent NewConsent(SubjectId subject, bool isBrief)
    {
        uint ends = oracle.Minute + (uint)(isBrief ? random.Next(2, 30) : 100_000);
        var person = new KnownConsent(new ConsentId($"{name}-{came++}"), subject, ends);
        oracle.Expect(person);
        return person;
    }

    private ConsentGrant GrantOf(KnownConsent person) =>
        test.Grant(person.Id.DangerousValue(), person.Subject.DangerousValue()) with { ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(person.UseEnds * 60L) };

    private KnownFace[] Leave(KnownConsent person)
    {
        KnownFace[] living = person.Living;
        long now = oracle.Now();
        foreach (KnownFace face in living)
            face.Leaving = now;
        return living;
    }

    private void Arrive(IEnumerable<KnownFace> faces)
    {
        long now = oracle.Now();
        foreach (KnownFace face in faces)
            face.Added = now;
    }

    private void Keep(KnownConsent person)
    {
        people.Add(person);
        Volatile.Write(ref seen[random.Next(seen.Length)], person);
    }

    private float[] NewFace() => MatchingData.Vectors(1, oracle.Model.Dimensions, random.Next())[0];

    private uint SlotOf(ConsentId id)
    {
        Span<byte> utf8 = stackalloc byte[256];
        using ReadScope view = test.Vault.Engine.Read();
        return view.FindConsent(utf8[..id.CopyUtf8To(utf8)]);
    }

    private void Count(string what) => Done[what] = Done.GetValueOrDefault(what) + 1;
}
