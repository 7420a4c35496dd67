namespace FaceVault.Tests.Histories;

/// <summary>What was promised to somebody.</summary>
internal enum Standing
{
    None = 0,

    /// <summary>Acknowledged and never asked to go.</summary>
    Living,

    /// <summary>A call that failed may have granted it, or ended it.</summary>
    Unsure,

    /// <summary>Stopped; the stop is durable.</summary>
    Stopped,

    /// <summary>Stopped in the process alone.</summary>
    StoppedHere,

    /// <summary>Stopped, and kept by a legal hold.</summary>
    Kept,

    /// <summary>Destroyed, and a certificate says so.</summary>
    Gone,
}

/// <summary>A consent of a history, as its holder was told.</summary>
internal sealed class Person(int number, string subject, string purpose, DateTimeOffset given)
{
    public int Number => number;

    public string Name { get; } = $"h-{number}";

    public ConsentId Id { get; } = new($"h-{number}");

    public string Subject => subject;

    public string Purpose => purpose;

    public Standing Standing { get; set; }

    /// <summary>Whether a legal hold keeps the keys.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Faces enrolled with an answer and not replaced since, with their ordinals' order.</summary>
    public List<int> Faces { get; } = [];

    /// <summary>Faces that a call which failed may have left, or not.</summary>
    public HashSet<int> Perhaps { get; } = [];

    /// <summary>When use ends by the consent's own words.</summary>
    public DateTimeOffset Ends { get; } = given.AddMonths(6);

    /// <summary>When somebody first asked for its end.</summary>
    public DateTimeOffset? Asked { get; set; }

    /// <summary>When it was surely destroyed.</summary>
    public DateTimeOffset? Died { get; private set; }

    /// <summary>The evidence is destroyed too: nothing remembers the name.</summary>
    public bool IsForgotten { get; set; }

    public void Die(DateTimeOffset now)
    {
        Standing = Standing.Gone;
        Asked ??= now;
        Died ??= now;
    }

    public override string ToString() => $"{number}{Standing.ToString()[0]}{(IsHeld ? "!" : "")}[{string.Join(',', Faces)}]";
}
