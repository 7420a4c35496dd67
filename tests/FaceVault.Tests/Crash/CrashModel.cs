using System.Globalization;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Crash;

/// <summary>What a vault ought to show, kept by plain bookkeeping.</summary>
internal sealed class CrashModel
{
    private readonly SortedDictionary<string, Person> people = new(StringComparer.Ordinal);
    private readonly SortedSet<string> purposes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, CrashCounts> counts = new(StringComparer.Ordinal);

    /// <summary>Consents without a face that fill the leaves of the key tree.</summary>
    public int Fillers { get; private set; }

    /// <summary>Whether the first purpose has its threshold.</summary>
    public bool IsCalibrated { get; set; }

    /// <summary>Where the duty to file stands; null while no purpose asks for it.</summary>
    public string? Filing { get; set; }

    public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Who can be used.</summary>
    public IEnumerable<string> Active => people.Where(p => p.Value.Status == "Active").Select(p => p.Key);

    public IReadOnlyList<int> FacesOf(string consent) => people[consent].Faces;

    public string SubjectOf(string consent) => people[consent].Subject;

    public string PurposeOf(string consent) => people[consent].Purpose;

    public void Register(string purpose) => purposes.Add(purpose);

    public void Retire(string purpose) => purposes.Remove(purpose);

    public void GrantFillers(int count)
    {
        Fillers = count;
        Of(TestVault.Door).Granted += count;
    }

    public void Grant(string consent, string? subject = null, int days = 180, string purpose = TestVault.Door)
    {
        people.Add(consent, new Person { Subject = subject ?? "subject of " + consent, Purpose = purpose, Ends = Now.AddDays(days) });
        Of(purpose).Granted++;
    }

    public void Enroll(string consent, int face)
    {
        people[consent].Faces.Add(face);
        Counted(consent).Enrolled++;
    }

    public void Withdraw(string consent)
    {
        Destroy(consent);
        Counted(consent).Withdrawn++;
    }

    /// <summary>Everything of a person.</summary>
    public void Erase(string subject)
    {
        foreach (string consent in people.Where(p => p.Value.IsLiving && p.Value.Subject == subject).Select(p => p.Key).ToList())
        {
            Destroy(consent);
            Counted(consent).Erased++;
        }
    }

    public void Restrict(string consent)
    {
        people[consent].Status = "Restricted";
        Counted(consent).Restricted++;
    }

    public void Copy(string consent) => Counted(consent).Copied += people[consent].Faces.Count;

    public void Replace(string consent, params int[] faces)
    {
        Keep(consent, faces);
        Counted(consent).Enrolled += faces.Length;
    }

    /// <summary>Those faces are left, under another key.</summary>
    public void Keep(string consent, params int[] faces)
    {
        people[consent].Faces.Clear();
        people[consent].Faces.AddRange(faces);
        people[consent].Certificates++;
        Counted(consent).Destroyed++;
    }

    public void Renew(string consent, string renewed)
    {
        Grant(renewed, people[consent].Subject, purpose: people[consent].Purpose);
        people[renewed].Faces.AddRange(people[consent].Faces);
        Destroy(consent);
    }

    /// <summary>Everybody whose time is over.</summary>
    public void Sweep()
    {
        foreach (string expired in people.Where(p => p.Value.IsLiving && p.Value.Ends <= Now).Select(p => p.Key).ToList())
        {
            Destroy(expired);
            Counted(expired).Expired++;
        }
    }

    /// <summary>The same words as <see cref="CrashCheck.ObserveAsync"/>.</summary>
    public string Show()
    {
        var lines = new List<string>();
        foreach ((string consent, Person p) in people)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{consent} {p.Status} {p.Faces.Count} {p.Certificates}"));
        lines.Sort(StringComparer.Ordinal);
        lines.Add($"and {Fillers} others");
        lines.AddRange(people.Where(p => p.Value.Status == "Active").SelectMany(p => p.Value.Faces.Select(f => (Face: f, Consent: p.Key))).OrderBy(f => f.Face).Select(f => $"face {f.Face} is {f.Consent}"));
        lines.AddRange(purposes.Select(purpose => CrashCheck.PurposeLine(purpose, isRotated: true, IsCalibrated && purpose == TestVault.Door ? CrashRun.Calibration : null)));
        if (Filing is not null)
            lines.Add(Filing);
        lines.AddRange(counts.Select(c => $"records of {c.Key}: {c.Value}"));
        return string.Join('\n', lines);
    }

    private CrashCounts Of(string purpose) => counts.TryGetValue(purpose, out CrashCounts? found) ? found : counts[purpose] = new CrashCounts();

    private CrashCounts Counted(string consent) => Of(people[consent].Purpose);

    private void Destroy(string consent)
    {
        people[consent].Status = "Destroyed";
        people[consent].Faces.Clear();
        people[consent].Certificates++;
        Counted(consent).Destroyed++;
    }

    private sealed class Person
    {
        public required string Subject { get; init; }

        public required string Purpose { get; init; }

        public DateTimeOffset Ends { get; init; }

        public List<int> Faces { get; } = [];

        public string Status { get; set; } = "Active";

        public bool IsLiving => Status != "Destroyed";

        public int Certificates { get; set; }
    }
}

/// <summary>What the processing records say that commits did, added up over all days.</summary>
internal sealed record CrashCounts
{
    public long Granted { get; set; }

    public long Enrolled { get; set; }

    public long Copied { get; set; }

    public long Restricted { get; set; }

    public long Withdrawn { get; set; }

    public long Erased { get; set; }

    public long Expired { get; set; }

    public long Destroyed { get; set; }
}
