using Microsoft.Extensions.Logging;

namespace FaceVault.Telemetry;

/// <summary>Every message that a vault logs, in the category <c>FaceVault</c>. docs/telemetry.md says the same; a test compares. An id or a name is never given to another event.</summary>
/// <remarks>No event takes an identifier of a subject or consent, an order, a score, a path, or an exception, whose message may hold a path.</remarks>
internal static partial class VaultEvents
{
    [LoggerMessage(1, LogLevel.Information, "Vault {Origin} is open at commit {Commit}, epoch {Epoch}. Recovery: {Recovery}.")]
    public static partial void VaultOpened(this ILogger logger, string origin, long commit, long epoch, string recovery);

    [LoggerMessage(2, LogLevel.Information, "Vault {Origin} is closed.")]
    public static partial void VaultClosed(this ILogger logger, string origin);

    [LoggerMessage(3, LogLevel.Warning, "A commit of vault {Origin} failed ({Reason}): it decides anew what stands.")]
    public static partial void CommitFailed(this ILogger logger, string origin, string reason);

    [LoggerMessage(4, LogLevel.Warning, "Vault {Origin} has decided anew and stands at commit {Commit}, epoch {Epoch}. Recovery: {Recovery}.")]
    public static partial void VaultDecided(this ILogger logger, string origin, long commit, long epoch, string recovery);

    [LoggerMessage(5, LogLevel.Error, "Vault {Origin} cannot decide what stands ({Reason}). It answers nothing until it can, and goes on trying.")]
    public static partial void VaultUndecided(this ILogger logger, string origin, string reason);

    [LoggerMessage(6, LogLevel.Warning, "A place of vault {Origin} is away or behind: {Place} {PlaceId}. Nothing is destroyed until it is back or retired.")]
    public static partial void PlaceAway(this ILogger logger, string origin, string place, string placeId);

    [LoggerMessage(7, LogLevel.Information, "A place of vault {Origin} is back: {Place} {PlaceId}.")]
    public static partial void PlaceBack(this ILogger logger, string origin, string place, string placeId);

    [LoggerMessage(8, LogLevel.Warning, "The root key of vault {Origin} lies in one place only: one bad sector there loses the vault.")]
    public static partial void SingleRoot(this ILogger logger, string origin);

    [LoggerMessage(9, LogLevel.Warning, "The key store of vault {Origin} has no mirror: if its disk dies, every consent is lost.")]
    public static partial void NoMirror(this ILogger logger, string origin);

    [LoggerMessage(10, LogLevel.Information, "Vault {Origin} destroyed {Count} template keys ({Trigger}) everywhere and certified it, {Milliseconds} ms after the commit or its recovery began.")]
    public static partial void KeysDestroyed(this ILogger logger, string origin, int count, string trigger, long milliseconds);

    [LoggerMessage(11, LogLevel.Warning, "Vault {Origin} owes {Count} destructions: they go on at the next withdrawal, sweep or opening.")]
    public static partial void DestructionsOwed(this ILogger logger, string origin, int count);

    [LoggerMessage(12, LogLevel.Information, "Vault {Origin} was swept: {Expired} consents expired, {EvidenceDestroyed} times evidence destroyed, {Resumed} destructions taken up again, {Restricted} kept under a legal hold.")]
    public static partial void VaultSwept(this ILogger logger, string origin, int expired, int evidenceDestroyed, int resumed, int restricted);

    [LoggerMessage(13, LogLevel.Information, "Vault {Origin} opened the {Mode} gallery of purpose {Purpose} and model {Model}: {Templates} templates. Locked in memory: {IsLocked}.")]
    public static partial void GalleryOpened(this ILogger logger, string origin, string mode, string purpose, string model, int templates, bool isLocked);

    [LoggerMessage(14, LogLevel.Information, "Vault {Origin} closed the {Mode} gallery of purpose {Purpose} and model {Model}.")]
    public static partial void GalleryClosed(this ILogger logger, string origin, string mode, string purpose, string model);

    [LoggerMessage(15, LogLevel.Warning, "The system refused vault {Origin} to lock {Bytes} bytes of memory ({Use}): raise RLIMIT_MEMLOCK (ulimit -l).")]
    public static partial void MemoryNotLocked(this ILogger logger, string origin, long bytes, string use);

    [LoggerMessage(16, LogLevel.Critical, "A witness remembers another ledger of vault {Origin} ({Reason}): nothing is used or written until it is closed.")]
    public static partial void VaultFenced(this ILogger logger, string origin, string reason);

    [LoggerMessage(17, LogLevel.Warning, "The clock stands {Seconds} s before a time that vault {Origin} has recorded: beyond five minutes nothing is granted, enrolled or used until it has caught up.")]
    public static partial void ClockWentBack(this ILogger logger, string origin, long seconds);

    [LoggerMessage(18, LogLevel.Warning, "Vault {Origin} keeps {Threshold} persons: filing is due by {Due}.")]
    public static partial void FilingThresholdCrossed(this ILogger logger, string origin, long threshold, string due);

    /// <summary>What may be told of a failure: the code of a <see cref="VaultException"/>, otherwise the type.</summary>
    public static string KindOf(Exception failure) => failure is VaultException world ? world.Code.ToString() : failure.GetType().ToString();
}
