using System.Text;

namespace FaceVault.Tests.Consents;

/// <summary>A purpose and a grant that obey every rule, for tests to spoil.</summary>
internal static class Examples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    public static Purpose Purpose() => FaceVault.Purpose.FromJson(Encoding.UTF8.GetBytes(FaceVault.Purpose.Template));

    public static ConsentGrant Grant() => new()
    {
        Id = new ConsentId("c-17"),
        Subject = new SubjectId("emp-1042"),
        Purpose = new PurposeId("door"),
        GivenAt = Now.AddMinutes(-1),
        ExpiresAt = Now.AddMonths(6),
        Notice = Purpose().Notice,
        NoticeShownAt = Now.AddMinutes(-2),
    };

    public const string GrantJson = """
        {
          "id": "c-17", "subject": "emp-1042", "purpose": "door",
          "given": "2026-11-21T08:00:00Z", "expires": "2027-11-21T16:00:00+08:00",
          "notice": { "language": "en", "sha256": "0000000000000000000000000000000000000000000000000000000000000001", "shown": "2026-11-21T07:59:00.75Z" },
          "form": "written", "ageBand": "adult", "guardian": "emp-7", "interaction": "form 12",
          "evidenceSha256": "0000000000000000000000000000000000000000000000000000000000000002", "recipients": ["Lift Ltd"]
        }
        """;
}
