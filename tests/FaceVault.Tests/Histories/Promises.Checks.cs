using System.Text;
using FaceVault.Tests.Attack;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Histories;

/// <content>Whether the promises were kept.</content>
internal sealed partial class Promises
{
    /// <summary>Everything comes back, nothing fails any more: who lives is served, who is gone is gone, and the thief reads the ones and not the others.</summary>
    public async Task EndAsync()
    {
        try
        {
            await AssertAsync();
        }
        catch (Exception e) when (e is not WrongException)
        {
            throw await WrongAsync(e, null);
        }
    }

    /// <summary>Identifying finds the living and nobody who was stopped.</summary>
    private async Task IdentifyAsync()
    {
        Gallery? gallery = null;
        if (await TryAsync(async () => gallery = await bed.Vault.GetGalleryAsync(new PurposeId(TestVault.Door))) is not null)
            return;
        foreach (Person person in people.Values.Where(p => p.Purpose == TestVault.Door))
            foreach (int face in person.Faces)
                await AssertFaceAsync(gallery!, person, face);
        // Who is gone has no face left above: a face that nobody has any more lies in no lane, before anybody asks whose it is.
        foreach (int face in Unheld())
            Assert.Empty(await gallery!.FindAsync(TestVault.Face(face), 3, Threshold.At(0.99f)).WaitAsync(Observation.Patience));
    }

    private async Task AssertFaceAsync(Gallery gallery, Person person, int face)
    {
        IReadOnlyList<Match>? matches = null;
        if (await TryAsync(async () => matches = await gallery.IdentifyAsync(TestVault.Face(face), 3, Threshold.At(0.99f))) is not null)
            return;
        if (person.Standing == Standing.Living && person.Ends > Now && !rowsMayBeMissing)
            Assert.Contains(matches!, m => m.Consent == person.Id);
        else if (person.Standing is Standing.Gone or Standing.Stopped or Standing.StoppedHere or Standing.Kept || person.Ends <= Now)
            Assert.DoesNotContain(matches!, m => m.Consent == person.Id);
    }

    /// <summary>The thief takes everything as it lies there now; whoever is gone is out of its reach.</summary>
    private Attacker AssertAttackFails()
    {
        bed.Steal();
        Attacker attacker = Test.Thief.Attack();
        Assert.Empty(attacker.Certified.Intersect(attacker.Commitments));
        foreach (Person person in people.Values.Where(p => p.Standing == Standing.Gone))
            AssertGone(attacker, person);
        AssertUnsaid(attacker);
        foreach (int face in Unheld())
            Assert.DoesNotContain(attacker.Templates, t => Faces.Is(t, face));
        return attacker;
    }

    private IEnumerable<int> Unheld() => destroyedFaces.Except([.. people.Values.SelectMany(p => p.Faces.Concat(p.Perhaps))]);

    private static void AssertGone(Attacker attacker, Person person)
    {
        Assert.All(attacker.EntriesOf(person.Name), e => Assert.False(e.HasTemplateKey, $"the template key of {person.Name} can be read"));
        Assert.Empty(attacker.TemplatesOf(person.Name));
        if (!person.IsForgotten)
            return;
        Assert.Empty(attacker.EntriesOf(person.Name));
        Assert.False(attacker.Reads(Encoding.UTF8.GetBytes($"\"{person.Name}\"")), $"{person.Name} is written somewhere");
    }

    private async Task AssertAsync()
    {
        for (int i = 0; i < Test.Media.Length; i++)
            bed.SetRoot(i, reachable: true);
        if (Mirrors)
            bed.SetMirror(reachable: true);
        bed.Crash(machineDies: true);
        ForgetStops();
        await bed.Vault.OpenAsync().WaitAsync(Observation.Patience);
        if (Mirrors && (await bed.Vault.GetStatusAsync()).IsDegraded)
            await bed.Vault.RefillMirrorAsync(bed.MirrorFolder).WaitAsync(Observation.Patience);
        await SweepAsync();
        Assert.Null(lastFailure);
        await IdentifyAsync();
        Attacker attacker = AssertAttackFails();
        IReadOnlySet<string> certified = attacker.Certified;
        foreach (Person person in people.Values)
        {
            ConsentInfo? info = await bed.Vault.GetConsentAsync(person.Id);
            AssertStatus(person, info);
            if (info is { Status: ConsentStatus.Destroyed })
                AssertGone(attacker, person);
            foreach (DeletionCertificate certificate in info is null ? [] : await bed.Vault.GetDeletionCertificatesAsync(person.Id))
            {
                Assert.True(certificate.Check(bed.Vault.VerifierKey).IsValid, $"{person}: {certificate.Check(bed.Vault.VerifierKey)} {certificate.ToJson()}");
                Assert.Contains(certificate.Created.Key!, certified); // the thief knows which keys it must not find
            }

            if (person.Standing is Standing.Living or Standing.Kept)
                foreach (int face in person.Faces)
                    Assert.Contains(attacker.TemplatesOf(person.Name), t => Faces.Is(t, face));
        }

        foreach (Person kept in people.Values.Where(p => p.Standing == Standing.Kept))
            await LiftAsync(kept);
        Assert.Null(lastFailure);
        AssertAttackFails();

        await Observation.AssertWholeAsync(Test, rowsMayBeMissing ? ["template-missing"] : []);
    }

    private void AssertStatus(Person person, ConsentInfo? info)
    {
        if (person.Standing == Standing.Living)
            Assert.Equal(ConsentStatus.Active, info!.Status);
        else if (person.Standing == Standing.Kept)
            Assert.Equal((ConsentStatus.Restricted, true), (info!.Status, info.IsHeld));
        else if (person.IsForgotten)
            Assert.Null(info);
        else if (person.Standing is Standing.Gone or Standing.Stopped && (info is not null || person.Asked!.Value.AddYears(3) > Now.AddDays(1)))
            Assert.Equal(ConsentStatus.Destroyed, info!.Status);
    }

    private async Task<WrongException> WrongAsync(Exception e, Move? move)
    {
        string findings;
        try
        {
            findings = string.Join('\n', (await bed.Vault.AuditAsync()).Findings);
        }
        catch (VaultException failure)
        {
            findings = failure.Message;
        }

        return new WrongException($"{e.Message}\n{string.Join('\n', told)}\n{move}\n{string.Join(' ', people.Values)}\n{findings}", e);
    }
}
