using System.Globalization;

namespace FaceVault.Tests.Crash;

/// <summary>One call on a vault, and what the vault ought to show when it has been answered.</summary>
internal sealed record CrashStep(string Name, Func<CrashRun, Task> Run, string After, DateTimeOffset Now)
{
    /// <summary>Whether it consists of several commits, to be ended by a sweep.</summary>
    public bool NeedsSweep => Name == "sweep";
}

/// <summary>A series of calls made from a seed: the same in the process that is killed and in the one that judges.</summary>
internal static class CrashScript
{
    private const int Fillers = 61;

    /// <summary>Calls that come in an order of the seed's choosing.</summary>
    private static readonly string[] Kinds =
        ["grant", "enroll", "enroll", "import", "withdraw", "withdraw several", "erase", "replace", "remove", "renew", "short", "sweep", "restrict", "copy", "calibrate", "filing", "retire", "reopen", "refill", "lose mirror", "restore"];

    public static IReadOnlyList<CrashStep> Of(int seed) => new Writer(seed).Write();

    private sealed class Writer(int seed)
    {
        private readonly Random random = new(seed);
        private readonly CrashModel model = new();
        private readonly List<CrashStep> steps = [];
        private int consents;
        private int faces;

        public IReadOnlyList<CrashStep> Write()
        {
            Add("init", run => run.Vault.InitializeAsync());
            model.Register(Operations.TestVault.Door);
            Add("purpose", run => run.Vault.EnsurePurposeAsync(Operations.TestVault.Purpose()));
            model.GrantFillers(Fillers);
            Add("fillers", run => run.Vault.GrantConsentsAsync([.. Enumerable.Range(0, Fillers).Select(i => run.Grant($"f-{i}"))]));
            Grant(4);
            foreach (string consent in model.Active.ToList())
                Enroll(consent);
            string[] kinds = [.. Kinds];
            random.Shuffle(kinds);
            foreach (string kind in kinds)
                Add(kind);
            Assert.True(faces <= CrashRun.MostFaces);
            return steps;
        }

        private void Add(string kind)
        {
            switch (kind)
            {
                case "grant":
                    Grant(random.Next(1, 4));
                    break;
                case "short":
                    Grant(2, days: 1);
                    break;
                case "enroll":
                    Enroll(One());
                    break;
                case "import":
                    Import();
                    break;
                case "withdraw":
                    string gone = One();
                    model.Withdraw(gone);
                    Add(kind, run => run.Vault.WithdrawConsentAsync(new ConsentId(gone)));
                    break;
                case "withdraw several":
                    string[] several = [One(), .. model.Active.TakeLast(1)];
                    several = [.. several.Distinct()];
                    foreach (string consent in several)
                        model.Withdraw(consent);
                    Add(kind, run => run.Vault.WithdrawConsentsAsync([.. several.Select(c => new ConsentId(c))]));
                    break;
                case "erase":
                    string subject = model.SubjectOf(One());
                    model.Erase(subject);
                    Add(kind, run => run.Vault.EraseSubjectAsync(new SubjectId(subject), "order 7"));
                    break;
                case "replace":
                    string replaced = One();
                    int[] fresh = [faces++, faces++];
                    model.Replace(replaced, fresh);
                    Add(kind, run => run.Vault.ReplaceTemplatesAsync(new ConsentId(replaced), null, [.. fresh.Select(f => (ReadOnlyMemory<float>)CrashRun.Face(f))]));
                    break;
                case "remove":
                    Remove();
                    break;
                case "renew":
                    string old = One(), renewed = Name();
                    string person = model.SubjectOf(old), purpose = model.PurposeOf(old);
                    model.Renew(old, renewed);
                    Add(kind, run => run.Vault.RenewConsentAsync(new ConsentId(old), run.Grant(renewed, person, purpose: purpose)));
                    break;
                case "sweep":
                    model.Now = model.Now.AddDays(2);
                    model.Sweep();
                    Add(kind, run => run.Vault.SweepAsync());
                    break;
                case "restrict":
                    string aside = One();
                    model.Restrict(aside);
                    Add(kind, run => run.Vault.RestrictConsentAsync(new ConsentId(aside), "request 7"));
                    break;
                case "copy":
                    Copy();
                    break;
                case "calibrate":
                    model.IsCalibrated = true;
                    Add(kind, run => run.Vault.SetCalibrationAsync(new PurposeId(Operations.TestVault.Door), CrashRun.Calibration));
                    break;
                case "filing":
                    File();
                    break;
                case "retire":
                    Register("shed", "baseline");
                    model.Retire("shed");
                    Add(kind, run => run.Vault.RetirePurposeAsync(new PurposeId("shed")));
                    break;
                default:
                    Add(kind, run => run.MaintainAsync(kind));
                    break;
            }
        }

        private void Grant(int count, int days = 180)
        {
            string[] names = [.. Enumerable.Range(0, count).Select(_ => Name())];
            foreach (string name in names)
                model.Grant(name, days: days);
            Add("grant", run => run.Vault.GrantConsentsAsync([.. names.Select(n => run.Grant(n, days: days))]));
        }

        private void Enroll(string consent)
        {
            int face = faces++;
            model.Enroll(consent, face);
            Add("enroll", run => run.Vault.EnrollAsync(new ConsentId(consent), null, CrashRun.Face(face)));
        }

        private void Import()
        {
            (string Consent, int Face)[] items = [(Name(), faces++), (Name(), faces++)];
            foreach ((string consent, int face) in items)
            {
                model.Grant(consent);
                model.Enroll(consent, face);
            }

            Add("import", run => run.Vault.ImportAsync(new PurposeId(Operations.TestVault.Door), null, run.Items(items)));
        }

        /// <summary>Of somebody who has a face.</summary>
        private void Copy()
        {
            string copied = One();
            if (model.FacesOf(copied).Count == 0)
                Enroll(copied);
            model.Copy(copied);
            Add("copy", run => run.Vault.CopyTemplatesAsync(new ConsentId(copied), static (_, _) => { }, reference: "request 8"));
        }

        /// <summary>Another purpose with a rotation of its own; two persons bring the duty about, which is then recorded as done.</summary>
        private void File()
        {
            model.Filing = CrashCheck.FilingLine(null, null);
            Register("lift", "two");
            string[] names = [Name(), Name()];
            foreach (string name in names)
                model.Grant(name, purpose: "lift");
            DateOnly crossed = DateOnly.FromDateTime(model.Now.UtcDateTime);
            model.Filing = CrashCheck.FilingLine(crossed, null);
            Add("cross", run => run.Vault.GrantConsentsAsync([.. names.Select(n => run.Grant(n, purpose: "lift"))]));
            Enroll(names[0]);
            model.Filing = CrashCheck.FilingLine(crossed, "filing 9");
            Add("filing", run => run.Vault.RecordFilingAsync("filing 9"));
        }

        private void Register(string id, string profile)
        {
            model.Register(id);
            Add("register", run => run.Vault.EnsurePurposeAsync(Operations.TestVault.Purpose(id: id) with { Profile = profile }));
        }

        /// <summary>Two faces first, so that one is left; a replacement tells which ordinals they have.</summary>
        private void Remove()
        {
            string name = Name();
            int removed = faces++, kept = faces++;
            model.Grant(name);
            Add("grant", run => run.Vault.GrantConsentAsync(run.Grant(name)));
            model.Enroll(name, removed);
            Add("enroll", run => run.Vault.EnrollAsync(new ConsentId(name), null, CrashRun.Face(removed)));
            model.Enroll(name, kept);
            Add("enroll", run => run.Vault.EnrollAsync(new ConsentId(name), null, CrashRun.Face(kept)));
            model.Keep(name, kept);
            Add("remove", run => run.Vault.RemoveTemplateAsync(new ConsentId(name), 0));
        }

        private void Add(string name, Func<CrashRun, Task> run)
        {
            DateTimeOffset now = model.Now;
            steps.Add(new CrashStep(name, run, model.Show(), now));
        }

        private string Name() => string.Create(CultureInfo.InvariantCulture, $"c-{consents++:00}");

        /// <summary>Somebody who can be spared; one more is granted and enrolled when few are left.</summary>
        private string One()
        {
            if (model.Active.Count() < 3)
            {
                Grant(3);
                foreach (string consent in model.Active.TakeLast(3).ToList())
                    Enroll(consent);
            }

            string[] active = [.. model.Active];
            return active[random.Next(active.Length)];
        }
    }
}
