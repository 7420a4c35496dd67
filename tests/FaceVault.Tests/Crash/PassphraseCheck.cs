using FaceVault.Tests.Attack;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Crash;

/// <summary>Comes after a process that changed the passphrase has died: one of the two opens the vault, as the records in the root locations say; everybody is there; and the change can be made again.</summary>
/// <param name="rehearsal">What the process was doing.</param>
/// <param name="folders">What it left.</param>
/// <param name="lines">What it said.</param>
internal sealed class PassphraseCheck(PassphraseRehearsal rehearsal, CrashFolders folders, IEnumerable<string> lines)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string[] said = [.. lines];

    /// <summary>Whether the change was answered.</summary>
    public bool IsAnswered => said.Contains($"done {PassphraseRehearsal.Change}");

    /// <param name="formerFirst">Which of the two is tried first: where both open, that decides.</param>
    public async Task AssertAsync(bool formerFirst)
    {
        bool byFormer = StandsEverywhere(rehearsal.Former), byNext = StandsEverywhere(rehearsal.Next);
        Assert.True(byFormer || byNext, "neither passphrase stands in every root location");
        if (IsAnswered)
            AssertFormerIsGone();
        (string first, string second) = formerFirst ? (rehearsal.Former, rehearsal.Next) : (rehearsal.Next, rehearsal.Former);
        bool opens = await OpensAsync(folders, first);
        Assert.True(opens == (formerFirst ? byFormer : byNext), $"former stands {byFormer}, next stands {byNext}; tried first, {(formerFirst ? "the former" : "the next")} opens: {opens}");
        Assert.True(await OpensAsync(folders, second) != opens, $"of the two passphrases {(opens ? "both open" : "none opens")}");
        CrashFolders open = folders with { Passphrase = opens ? first : second };
        await new CrashCheck(open, rehearsal.Steps, said).AssertAsync();
        foreach (string root in folders.Roots)
            Assert.Single(StolenRoot.Keys(File.ReadAllBytes(root), open.Passphrase));
        await AgainAsync(open);
    }

    /// <summary>No record under the former passphrase is left in any root location.</summary>
    public void AssertFormerIsGone()
    {
        Assert.All(folders.Roots, root => Assert.Equal(0, StolenRoot.CountUnder(File.ReadAllBytes(root), rehearsal.Former)));
        Assert.True(StandsEverywhere(rehearsal.Next), "the new passphrase does not stand in every root location");
    }

    /// <summary>Whoever was told that the new passphrase holds can rely on it.</summary>
    public void AssertNextStands() => Assert.True(StandsEverywhere(rehearsal.Next), "the new passphrase was said to hold, and does not stand in every root location");

    /// <summary>Whoever was told of a failure and nothing more goes on with the passphrase of before.</summary>
    public void AssertFormerStands() => Assert.True(StandsEverywhere(rehearsal.Former), "the former passphrase does not stand in every root location any more, and nobody was told");

    /// <summary>Whether a passphrase opens a vault; one that does not has changed nothing.</summary>
    public static async Task<bool> OpensAsync(CrashFolders folders, string passphrase)
    {
        VaultErrorCode code = await RefusalAsync(folders, passphrase);
        Assert.True(code is VaultErrorCode.None or VaultErrorCode.RootPassphraseWrong, code.ToString());
        return code == VaultErrorCode.None;
    }

    /// <summary>The code with which a vault refuses to open, having changed nothing; none when it opens.</summary>
    public static async Task<VaultErrorCode> RefusalAsync(CrashFolders folders, string passphrase)
    {
        Dictionary<string, byte[]> before = Content(folders);
        await using var run = new CrashRun(folders with { Passphrase = passphrase });
        var refused = (VaultException?)await Record.ExceptionAsync(() => run.Vault.OpenAsync().WaitAsync(Patience));
        if (refused is null)
            return VaultErrorCode.None;
        await run.DisposeAsync();
        Dictionary<string, byte[]> after = Content(folders);
        Assert.Equal(before.Keys.Order(StringComparer.Ordinal), after.Keys.Order(StringComparer.Ordinal));
        Assert.All(before, file => Assert.True(file.Value.AsSpan().SequenceEqual(after[file.Key]), Path.GetFileName(file.Key) + " was changed by a refused opening"));
        return refused.Code;
    }

    /// <summary>Every file with its bytes, but the indices of logs.</summary>
    public static Dictionary<string, byte[]> Content(CrashFolders folders) => Directory.EnumerateFiles(folders.Base, "*", SearchOption.AllDirectories)
        .Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)).ToDictionary(f => f, File.ReadAllBytes, StringComparer.Ordinal);

    private bool StandsEverywhere(string passphrase) => folders.Roots.All(root => StolenRoot.CountUnder(File.ReadAllBytes(root), passphrase) > 0);

    /// <summary>The change is made again, whether or not it was made, and the vault destroys under it.</summary>
    private async Task AgainAsync(CrashFolders open)
    {
        await using (var run = new CrashRun(open))
        {
            long epoch = (await run.Vault.GetStatusAsync()).Epoch;
            await run.Vault.ChangeRootPassphraseAsync(TestVault.Stretched(rehearsal.Next)).WaitAsync(Patience);
            Assert.Equal(epoch + 1, (await run.Vault.GetStatusAsync()).Epoch);
            Assert.True((await run.Vault.WithdrawConsentAsync(new ConsentId("c-1")).WaitAsync(Patience)).Check(run.Vault.VerifierKey).IsValid);
            Assert.DoesNotContain((await run.Vault.AuditAsync()).Findings, f => f.IsBroken);
        }

        AssertFormerIsGone();
        Assert.False(await OpensAsync(folders, rehearsal.Former), "after a second change the former passphrase opens the vault");
        Assert.True(await OpensAsync(folders, rehearsal.Next), "after a second change the new passphrase does not open the vault");
    }
}
