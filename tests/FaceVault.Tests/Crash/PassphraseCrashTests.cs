using FaceVault.Tests.Attack;
using Xunit.Abstractions;

namespace FaceVault.Tests.Crash;

/// <summary>E4: the process dies, the power fails, or a system call is answered with an error while the passphrase of the root key is set, changed or taken away. One of the two opens the vault, and it is said which.</summary>
[Trait("Claim", "E4")]
[Collection(Alone.Name)]
public sealed class PassphraseCrashTests(ITestOutputHelper output)
{
    private static readonly Verdict[] Errors = [Verdict.Fail(Verdict.EIO), Verdict.Fail(Verdict.ENOSPC), Verdict.FailTorn(Verdict.EIO), Verdict.Short];

    private readonly Judgement judgement = new();

    [WatchedFact]
    public async Task Killed_before_or_within_any_system_call_that_changes_a_file_one_of_the_two_passphrases_opens_the_vault()
    {
        int killed = 0;
        foreach ((string former, string next) in PassphraseRehearsal.Kinds)
        {
            PassphraseRehearsal rehearsal = await PassphraseRehearsal.OfAsync(former, next);
            (FileCall Call, bool Tears)[] points = [.. rehearsal.OfTheChange.SelectMany(c => c.Call.Kind == FileCallKind.Write ? new[] { (c.Call, false), (c.Call, true) } : [(c.Call, false)])];
            Assert.True(points.Length > 60);
            var random = new Random(next.Length);
            foreach ((FileCall point, bool tears) in Sampling.Spread(points, Sampling.Points(3, points.Length), random).Concat(Sampling.IsDeep ? [] : Sampling.Spread([.. points.Where(p => IsRecord(p.Call))], 4, random)))
            {
                using var folder = new CrashFolder();
                using WatchedChild child = rehearsal.Run(folder.Folders, call => call.Number < point.Number ? Verdict.Continue : tears ? Verdict.Tear : Verdict.Kill);
                var check = new PassphraseCheck(rehearsal, folder.Folders, child.Lines);
                await judgement.AddAsync($"\"{former}\" to \"{next}\" {(tears ? "torn" : "killed")} at {point}", () => check.AssertAsync(formerFirst: killed % 2 == 0));
                killed++;
            }
        }

        output.WriteLine($"{killed} processes killed");
        judgement.AssertNothingWrong();
    }

    [WatchedFact]
    public async Task The_power_fails_after_any_system_call_and_one_of_the_two_passphrases_opens_the_vault()
    {
        int tried = 0;
        foreach ((string former, string next) in PassphraseRehearsal.Kinds)
        {
            PassphraseRehearsal rehearsal = await PassphraseRehearsal.OfAsync(former, next);
            (int Index, FileCall Call)[] points = [.. rehearsal.OfTheChange];
            var random = new Random(next.Length);
            foreach ((int index, FileCall call) in Sampling.Spread(points, Sampling.Points(5, points.Length), random).Concat(Sampling.IsDeep ? [] : points.Where(p => IsRecord(p.Call))))
            {
                DiskImage disk = rehearsal.DiskAfter(index);
                (string What, Dictionary<string, byte[]> Image)[] images = Sampling.IsDeep
                    ? [("killed", disk.AfterKill()), .. Losses(disk, random)] : [.. Losses(disk, random).Skip(tried % 4).Take(1)];
                foreach ((string what, Dictionary<string, byte[]> image) in images)
                {
                    using var folder = new CrashFolder();
                    folder.Folders.Lay(rehearsal.Folder, image);
                    var check = new PassphraseCheck(rehearsal, folder.Folders, Recording.LinesOf(rehearsal.Calls.Take(index + 1)));
                    await judgement.AddAsync($"\"{former}\" to \"{next}\", {what} after {call}", () => check.AssertAsync(formerFirst: tried % 2 == 0));
                    tried++;
                }
            }
        }

        output.WriteLine($"{tried} states after a loss of power");
        judgement.AssertNothingWrong();
    }

    [WatchedFact]
    public async Task An_error_at_any_system_call_is_told_truly_which_passphrase_opens_the_vault()
    {
        int tried = 0;
        var told = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach ((string former, string next) in PassphraseRehearsal.Kinds)
        {
            PassphraseRehearsal rehearsal = await PassphraseRehearsal.OfAsync(former, next);
            FileCall[] points = [.. rehearsal.OfTheChange.Select(c => c.Call)];
            foreach (FileCall point in Sampling.Spread(points, Sampling.Points(3, points.Length), new Random(next.Length)))
            {
                Verdict verdict = Errors[tried++ % (point.Kind == FileCallKind.Write ? Errors.Length : 2)];
                bool lasts = tried % 3 > 0; // once, or from then on at everything that changes that file
                using var folder = new CrashFolder();
                using WatchedChild child = rehearsal.Run(folder.Folders, call =>
                    call.Number == point.Number || (lasts && call.Number > point.Number && call.Path == folder.Folders.Base + point.Path[rehearsal.Folder.Length..]) ? verdict : Verdict.Continue);
                string answer = child.Lines.FirstOrDefault(l => l.StartsWith($"failed {PassphraseRehearsal.Change} ", StringComparison.Ordinal)) ?? "answered";
                string words = answer.Replace(folder.Folders.Base, "", StringComparison.Ordinal);
                told[words] = told.GetValueOrDefault(words) + 1;
                var check = new PassphraseCheck(rehearsal, folder.Folders, child.Lines);
                await judgement.AddAsync($"\"{former}\" to \"{next}\" {verdict.Kind} {verdict.Error} {(lasts ? "from" : "at")} {point} ({point.Path[rehearsal.Folder.Length..]}): {answer}", () =>
                {
                    Assert.Equal("", child.Errors);
                    if (answer.Contains(nameof(ErasureIncompleteException), StringComparison.Ordinal))
                        check.AssertNextStands();
                    else if (answer != "answered" && !answer.Contains(nameof(VaultErrorCode.VaultFaulted), StringComparison.Ordinal))
                        check.AssertFormerStands();
                    return check.AssertAsync(formerFirst: tried % 2 == 0);
                });
            }
        }

        foreach ((string answer, int count) in told)
            output.WriteLine($"{count} × {answer}");
        judgement.AssertNothingWrong();
    }

    private static IEnumerable<(string What, Dictionary<string, byte[]> Image)> Losses(DiskImage disk, Random random) =>
    [
        ("the power fails", disk.AfterPowerLoss()),
        ("only headers survive", disk.AfterPowerLoss(sector => sector == 0)),
        ("all but headers survive", disk.AfterPowerLoss(sector => sector != 0)),
        ("the power fails, torn", disk.AfterPowerLoss(random)),
    ];

    private static bool IsRecord(FileCall call) => call is { Kind: FileCallKind.Write, Data.Length: > 512 } && call.Path.EndsWith("root.key", StringComparison.Ordinal);
}
