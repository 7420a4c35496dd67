using System.Diagnostics;
using System.Diagnostics.Metrics;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Telemetry;

/// <summary>A listener that throws is the application's trouble: what the vault did stays done and is answered. Alone, since it hears every vault of the process.</summary>
[Collection(Alone.Name)]
public sealed class ThrowingListenerTests
{
    [Fact]
    public async Task What_a_listener_throws_changes_no_answer()
    {
        int thrown = 0;
        using var meters = new MeterListener { InstrumentPublished = static (instrument, listener) => { if (instrument.Meter.Name == "FaceVault") listener.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        meters.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        meters.Start();
        using var activities = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "FaceVault",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = _ => Throw(),
            ActivityStopped = _ => Throw(),
        };
        ActivitySource.AddActivityListener(activities);

        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        await test.EnrollAsync(3);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.Single(await gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.RankOnly));
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.GrantConsentAsync(test.Grant("c-0")));
        DeletionCertificate replaced = await test.Vault.ReplaceTemplatesAsync(new ConsentId("c-2"), null, [TestVault.Face(9)]);
        DeletionCertificate withdrawn = await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));

        Assert.True(replaced.Check(test.Vault.VerifierKey).IsValid && withdrawn.Check(test.Vault.VerifierKey).IsValid);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        Assert.True(thrown > 10, $"only {thrown} calls of listeners");
        Assert.Null(Activity.Current);

        void Throw()
        {
            Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("the listener's own trouble");
        }
    }
}
