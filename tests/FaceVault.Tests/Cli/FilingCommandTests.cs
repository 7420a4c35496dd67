using FaceVault.Cli;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Cli;

/// <summary><c>filing show|record</c>, with a profile and a calendar from the environment.</summary>
public sealed class FilingCommandTests
{
    [Fact]
    public async Task A_threshold_is_crossed_shown_overdue_and_recorded_on_the_command_line()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 6, 5, 12, 0, 0, TimeSpan.Zero)); // a Friday
        using CliVault vault = await CliVault.CreateAsync(clock: clock);
        string profile = vault.Folder.Write("two.json", """{"name":"two","title":"Two","rows":[{"rule":"P11","filing":{"persons":2,"workingDays":2},"source":"CAC 15"}]}""");
        string calendar = vault.Folder.Write("days.json", """{"from":"2026-06-01","until":"2026-07-01"}""");
        string? days = null;
        string purpose = vault.Folder.Write("gate.json", CliVault.Purpose("gate").Replace("\"baseline\"", "\"two\"", StringComparison.Ordinal));

        Answer unknown = await Run.At(clock, "purpose", "add", vault.Path, purpose);
        Assert.Equal((ExitCode.Misuse, "Usage"), (unknown.ExitCode, Assert.Single(unknown.Codes)));
        Assert.Equal(ExitCode.Done, (await OnAsync("purpose", "add", vault.Path, purpose)).ExitCode);
        Assert.Equal(ExitCode.Done, (await GrantAsync("c1", "anna")).ExitCode);
        Answer refused = await GrantAsync("c2", "boris");
        Assert.Equal((ExitCode.Failed, "CalendarMissing"), (refused.ExitCode, Assert.Single(refused.Codes)));
        days = calendar;
        Assert.Equal(ExitCode.Done, (await GrantAsync("c2", "boris")).ExitCode);
        Assert.Equal("""{"v":1,"threshold":2,"persons":2,"crossed":"2026-06-05","due":"2026-06-09","filed":null,"reference":null,"overdue":false}""", Assert.Single((await OnAsync("filing", "show", vault.Path)).Lines));

        Assert.Contains("\nwarning: A filing is due by 2026-06-09, and none is recorded (filing show|record).\n", (await OnAsync("status", vault.Path)).Out, StringComparison.Ordinal);

        clock.Now = new DateTimeOffset(2026, 6, 10, 0, 0, 0, TimeSpan.Zero);
        Assert.Contains("\"A filing was due by 2026-06-09, and none is recorded (filing show|record).\"", (await OnAsync("status", vault.Path, "--json")).Out, StringComparison.Ordinal);
        Answer late = await GrantAsync("c3", "carla");
        Assert.Equal((ExitCode.Failed, "FilingOverdue"), (late.ExitCode, Assert.Single(late.Codes)));
        Assert.Equal("recorded\n", (await OnAsync("filing", "record", vault.Path, "--reference", "CAC-7")).Out);
        Assert.Equal("""{"v":1,"recorded":false}""", Assert.Single((await OnAsync("filing", "record", vault.Path, "--reference", "CAC-8", "--json")).Lines));
        Assert.Contains("\"filed\":\"2026-06-10T00:00:00Z\",\"reference\":\"CAC-7\",\"overdue\":false", (await OnAsync("filing", "show", vault.Path)).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await GrantAsync("c3", "carla")).ExitCode);
        Assert.DoesNotContain("filing", (await OnAsync("status", vault.Path)).Out, StringComparison.OrdinalIgnoreCase);

        Task<Answer> OnAsync(params string[] args) => Run.On(clock, name => name == "FACEVAULT_PROFILES" ? profile : name == "FACEVAULT_WORKING_DAYS" ? days : null, args);

        Task<Answer> GrantAsync(string id, string subject) => OnAsync("consent", "grant", vault.Path, vault.Folder.Write($"{id}.json", CliVault.Grant(id, subject, "gate", "2026-06-01T00:00:00Z")));
    }
}
