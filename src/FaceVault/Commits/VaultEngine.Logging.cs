using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;
using FaceVault.Telemetry;
using Microsoft.Extensions.Logging;

namespace FaceVault.Commits;

// What the engine writes to the operator's log, on whichever thread opens the vault and then on the writer's, outside of the gate that readers wait at.
internal sealed partial class VaultEngine
{
    /// <summary>Below this a clock that was set back is not worth a line.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    // Ids of listed places that were away or behind when it was logged last.
    private readonly HashSet<string> away = [];
    private RecoverySteps taken;
    private Exception? fault;
    private bool decides;
    private long workSince;
    private bool clockIsBack;
    private bool isLogged;

    // What recovery destroys is written down when it has let go of the gate.
    private readonly List<(int Count, string Trigger, long Milliseconds)> destroyed = [];

    private ILogger Logger => Options.Logger;

    private void LogOpened(string recovery)
    {
        isLogged = true;
        Logger.VaultOpened(Options.Origin, State.Crown.Commit, State.Crown.Epoch, recovery);
        if (IsInspecting)
            return;
        if (State.Crown.Places.Count(p => p is { Kind: PlaceKind.Root, State: PlaceState.Listed }) < 2)
            Logger.SingleRoot(Options.Origin);
        if (!State.Crown.Places.Exists(p => p is { Kind: PlaceKind.Mirror, State: PlaceState.Listed }))
            Logger.NoMirror(Options.Origin);
        if (State.Crown.Work.Values.Count(w => w.IsRemoved) is > 0 and var owed) // what is stopped is taken up at once
            Logger.DestructionsOwed(Options.Origin, owed);
        if (SecretArena.UnlockedBytes is > 0 and var bytes)
            Logger.MemoryNotLocked(Options.Origin, bytes, "secrets");
        NoteTime(ReadNewestTime());
        LogChanges();
    }

    private void LogClosed()
    {
        if (isLogged)
            Logger.VaultClosed(Options.Origin);
    }

    /// <summary>A failure after which memory and stores may differ: before anything else happens the vault decides anew.</summary>
    private void Fault(Exception failure)
    {
        faulted = true;
        fault ??= failure;
    }

    private void LogFault()
    {
        if (fault is not { } failure)
            return;
        fault = null;
        decides = true;
        Logger.CommitFailed(Options.Origin, VaultEvents.KindOf(failure));
    }

    /// <param name="undecided">Why nothing could be decided, at the first try.</param>
    private void LogDecision(Exception? undecided)
    {
        if (undecided is not null)
        {
            decides = true;
            Logger.VaultUndecided(Options.Origin, VaultEvents.KindOf(undecided));
        }
        else if (!faulted && decides)
        {
            decides = false;
            Logger.VaultDecided(Options.Origin, State.Crown.Commit, State.Crown.Epoch, WordOf(taken));
        }

        LogChanges();
    }

    private void NoteDestroyed(List<WorkItem> completed)
    {
        long milliseconds = (long)Options.Clock.GetElapsedTime(workSince).TotalMilliseconds;
        destroyed.AddRange(completed.GroupBy(item => item.Trigger).Select(group => (group.Count(), LedgerNames.Of((DeletionTrigger)group.Key), milliseconds)));
    }

    /// <summary>What was destroyed, places that went or came back, and a clock that was set back, each once.</summary>
    private void LogChanges()
    {
        foreach ((int count, string trigger, long milliseconds) in destroyed)
            Logger.KeysDestroyed(Options.Origin, count, trigger, milliseconds);
        destroyed.Clear();
        if (!faulted && state is not null)
        {
            LogPlaces();
            LogClock();
        }
    }

    private void LogPlaces()
    {
        foreach (Place place in State.Crown.Places.Where(p => p.State == PlaceState.Listed && p.Kind != PlaceKind.Store))
        {
            string id = Convert.ToHexStringLower(place.Id);
            bool isThere = place.Kind == PlaceKind.Root
                ? roots.Reached.Any(root => root.PlaceId.AsSpan().SequenceEqual(place.Id))
                : mirrors.Current.Any(mirror => mirror.PlaceId.AsSpan().SequenceEqual(place.Id));
            if (isThere && away.Remove(id))
                Logger.PlaceBack(Options.Origin, LedgerNames.Of(TypeOf(place.Kind)), id);
            else if (!isThere && away.Add(id))
                Logger.PlaceAway(Options.Origin, LedgerNames.Of(TypeOf(place.Kind)), id);
        }
    }

    private void LogClock()
    {
        DateTimeOffset now = Options.Clock.GetUtcNow(), newest = NewestTime;
        bool isBack = newest - now > ClockTolerance;
        if (isBack && !clockIsBack)
            Logger.ClockWentBack(Options.Origin, (long)(newest - now).TotalSeconds);
        clockIsBack = isBack;
        NoteTime(now);
    }

    /// <summary>What an opening did, by its weightiest step.</summary>
    private static string WordOf(RecoverySteps taken) =>
        taken.HasFlag(RecoverySteps.Discard) ? "rolled back"
        : taken.HasFlag(RecoverySteps.ReadBack) ? "promoted"
        : taken.HasFlag(RecoverySteps.Complete) ? "completed"
        : taken.HasFlag(RecoverySteps.Fence) ? "fenced"
        : taken.HasFlag(RecoverySteps.BringMirrorsUp) ? "brought up"
        : "continued";
}
