using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Histories;

/// <content>What happens to places, processes and time.</content>
internal sealed partial class Promises
{
    private async Task TakePlaceAsync(Move move)
    {
        switch (move.Kind)
        {
            case MoveKind.PassTime:
                Test.Clock.Now += move.Number % 12 == 0 ? TimeSpan.FromDays(1_100) : TimeSpan.FromDays(1 + (move.Number % 100));
                break;
            case MoveKind.Attack:
                AssertAttackFails();
                if (Mirrors)
                {
                    mirrorCopy = bed.CopyMirror();
                    mirrorWasCopied = true;
                }

                break;
            case MoveKind.ArchiveTemplates:
                await TryAsync(() => Task.Run(() => templateArchive = bed.CopyTemplates()));
                break;
            case MoveKind.RestoreTemplates when templateArchive is { } archive:
                bool beside = move.Number % 2 == 0;
                rowsMayBeMissing |= !beside;
                await ReopenAsync(() => bed.PutTemplates(archive, beside));
                break;
            case MoveKind.MirrorAway when Mirrors:
                bed.SetMirror(reachable: false);
                break;
            case MoveKind.MirrorBack when Mirrors:
                bed.SetMirror(reachable: true);
                break;
            case MoveKind.MirrorFallsBack when Mirrors:
                await ReopenAsync(() => bed.PutMirror(mirrorWasCopied && move.Number % 3 > 0 ? mirrorCopy : null));
                break;
            case MoveKind.RefillMirror when Mirrors:
                await TryAsync(() => bed.Vault.RefillMirrorAsync(bed.MirrorFolder));
                break;
            case MoveKind.RootAway when Test.Media.Length > 1 && Test.Media.All(m => !m.IsUnreachable):
                bed.SetRoot(move.Number % Test.Media.Length, reachable: false);
                break;
            case MoveKind.RootBack:
                for (int i = 0; i < Test.Media.Length; i++)
                    bed.SetRoot(i, reachable: true);
                break;
            case MoveKind.Reopen:
                await ReopenAsync(null);
                break;
            case MoveKind.Crash:
                bed.Crash(machineDies: move.Number % 2 == 0);
                ForgetStops();
                AssertAttackFails();
                await bed.Vault.OpenAsync().WaitAsync(Observation.Patience);
                await AskAsync();
                break;
            case MoveKind.Fault:
                PlanFault(move.Number);
                break;
        }
    }

    private bool Mirrors => bed.Mirrors > 0;

    private void PlanFault(int number)
    {
        var moment = (StoreFaultMoment)((number % 4) + 1);
        if (number % 4 == 0)
            Test.Media[number % Test.Media.Length].FailAt((number / 7 % 20) + 1, (RootFault)((number % 3) + 1), lasts: false);
        else if (number % 5 == 0)
            Test.Faults.KillAt(StoreStep.Any, (number / 11 % 30) + 1, moment);
        else
            Test.Faults.FailAt(StoreStep.Any, (number / 11 % 30) + 1, moment);
    }

    private async Task ReopenAsync(Action? between)
    {
        Test.Faults.Clear();
        await bed.ReopenAsync(between);
        ForgetStops();
        await AskAsync();
    }

    /// <summary>A stop that could not be recorded ended with the process: the subject may live again.</summary>
    private void ForgetStops()
    {
        foreach (Person person in people.Values.Where(p => p.Standing == Standing.StoppedHere))
            person.Standing = Standing.Unsure;
    }

    /// <summary>Of whom nobody is sure the vault is asked after an opening: what it says then is a promise too.</summary>
    private async Task AskAsync()
    {
        foreach (Person person in people.Values.Where(p => p.Standing == Standing.Unsure).ToList())
        {
            ConsentInfo? info = null;
            if (await TryAsync(async () => info = await bed.Vault.GetConsentAsync(person.Id)) is not null || info is null)
                continue;
            person.Perhaps.UnionWith(person.Faces);
            person.Faces.Clear();
            person.IsHeld = info.IsHeld && info.Status != ConsentStatus.Destroyed;
            if (info.Status == ConsentStatus.Destroyed && info.Certificates.Count > 0)
                person.Die(Now); // its faces may live on under another consent
            else if (info.Status == ConsentStatus.Restricted)
                person.Standing = Standing.Kept;
            else if (info.Status == ConsentStatus.Stopped)
                person.Standing = Standing.Stopped;
            else if (info.Status is ConsentStatus.Active or ConsentStatus.Expired)
                person.Standing = Standing.Living;
        }
    }
}
