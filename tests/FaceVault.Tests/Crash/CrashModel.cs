using System.Globalization;

namespace FaceVault.Tests.Crash;

/// <summary>What a vault ought to show, kept by plain bookkeeping.</summary>
internal sealed class CrashModel
{
    private readonly SortedDictionary<string, Person> people = new(StringComparer.Ordinal);

    /// <summary>Consents without a face that fill the leaves of the key tree.</summary>
    public int Fillers { get; set; }

    public bool HasPurpose { get; set; }

    public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public IEnumerable<string> Active => people.Where(p => p.Value.IsActive).Select(p => p.Key);

    public IReadOnlyList<int> FacesOf(string consent) => people[consent].Faces;

    public string SubjectOf(string consent) => people[consent].Subject;

    public void Grant(string consent, string? subject = null, int days = 180) => people.Add(consent, new Person { Subject = subject ?? "subject of " + consent, Ends = Now.AddDays(days) });

    public void Enroll(string consent, int face) => people[consent].Faces.Add(face);

    public void Destroy(string consent)
    {
        people[consent].IsActive = false;
        people[consent].Faces.Clear();
        people[consent].Certificates++;
    }

    public void Replace(string consent, params int[] faces)
    {
        people[consent].Faces.Clear();
        people[consent].Faces.AddRange(faces);
        people[consent].Certificates++;
    }

    public void Renew(string consent, string renewed)
    {
        Grant(renewed, people[consent].Subject);
        people[renewed].Faces.AddRange(people[consent].Faces);
        Destroy(consent);
    }

    /// <summary>Everybody whose time is over.</summary>
    public void Sweep()
    {
        foreach (string expired in Active.Where(c => people[c].Ends <= Now).ToList())
            Destroy(expired);
    }

    /// <summary>The same words as <see cref="CrashCheck.ObserveAsync"/>.</summary>
    public string Show()
    {
        var lines = new List<string>();
        foreach ((string consent, Person p) in people)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{consent} {(p.IsActive ? "Active" : "Destroyed")} {p.Faces.Count} {p.Certificates}"));
        lines.Sort(StringComparer.Ordinal);
        lines.Add($"and {Fillers} others");
        if (HasPurpose)
            lines.AddRange(people.SelectMany(p => p.Value.Faces.Select(f => (Face: f, Consent: p.Key))).OrderBy(f => f.Face).Select(f => $"face {f.Face} is {f.Consent}"));
        return string.Join('\n', lines);
    }

    private sealed class Person
    {
        public required string Subject { get; init; }

        public DateTimeOffset Ends { get; init; }

        public List<int> Faces { get; } = [];

        public bool IsActive { get; set; } = true;

        public int Certificates { get; set; }
    }
}
