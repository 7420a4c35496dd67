using System.Text;
using System.Text.Json.Nodes;
using FaceVault.Storage;
using FaceVault.Tests.Conventions;
using FaceVault.Tests.Operations;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Consents;

/// <summary>The record of a consent in the sections of ISO/IEC TS 27560, its states, and that nothing is kept of people who refused.</summary>
public sealed class ConsentExportTests
{
    private static readonly ConsentId One = new("c-1");

    [Fact]
    public async Task The_record_in_the_guide_is_what_a_vault_exports()
    {
        string guide = Repository.Read("docs/consents.md");
        string[] blocks = [.. guide.Split("```json\n")[1..].Select(part => part.Split("```")[0])];
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.RetirePurposeAsync(new PurposeId(TestVault.Door)); // the guide's has its id
        Purpose purpose = Purpose.FromJson(Encoding.UTF8.GetBytes(blocks[0].Replace("\"door\"", "\"gate\"", StringComparison.Ordinal)));
        await test.Vault.EnsurePurposeAsync(purpose);
        ConsentGrant grant = ConsentGrant.FromJson(Encoding.UTF8.GetBytes(blocks[1])) with { Purpose = purpose.Id };
        await test.Vault.GrantConsentAsync(grant);
        await test.Vault.WithdrawConsentAsync(grant.Id);
        JsonNode exported = await ExportAsync(test, grant.Id), shown = JsonNode.Parse(blocks[2])!;
        Assert.Equal(Paths(shown), Paths(exported));
        foreach (string section in new[] { "processing", "parties" })
            foreach ((string path, string value) in Leaves(shown[section]!).Where(leaf => !leaf.Path.Contains("vault", StringComparison.Ordinal) && leaf.Path is not ("$.processing.purpose" or "$.processing.necessity")))
                Assert.Equal((path, value), Leaves(exported[section]!).Single(leaf => leaf.Path == path));
        Assert.Equal(("withdrawn", "given", "withdrawn"), ((string?)exported["header"]!["state"], (string?)exported["events"]![0]!["state"], (string?)exported["events"]![1]!["state"]));
    }

    [Fact]
    public async Task All_that_was_granted_is_exported_and_no_salt()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        ConsentGrant grant = test.Grant("c-1") with
        {
            Guardian = new SubjectId("guardian of c-1"),
            AgeBand = "child",
            AgeBandEnds = new DateOnly(2030, 6, 1),
            ServiceConditional = true,
            NecessityReference = "Security concept 4.2",
            Recipients = ["Lift Ltd"],
        };
        ConsentReceipt receipt = await test.Vault.GrantConsentAsync(grant);
        JsonNode exported = await ExportAsync(test, One);
        Assert.Equal(
            [
                "$.header.certificates", "$.header.created", "$.header.exported", "$.header.format", "$.header.held", "$.header.record", "$.header.state", "$.header.vault",
            ],
            Paths(exported).Where(path => path.StartsWith("$.header", StringComparison.Ordinal)));
        JsonNode processing = exported["processing"]!;
        Assert.Equal(
            (true, "Security concept 4.2", "Lift Ltd", "electronic", grant.EvidenceSha256, grant.InteractionId),
            ((bool)processing["serviceConditional"]!, (string?)processing["necessityReference"], (string?)processing["recipients"]![0], (string?)processing["form"], (string?)processing["evidenceSha256"], (string?)processing["interaction"]));
        Assert.Equal(
            """[{"role":"controller","vault":"ORIGIN"},{"role":"subject","id":"subject of c-1","ageBand":"child","ageBandEnds":"2030-06-01"},{"role":"guardian","id":"guardian of c-1"}]""".Replace("ORIGIN", receipt.Vault, StringComparison.Ordinal),
            exported["parties"]!.ToJsonString());
        Assert.DoesNotContain(Convert.ToBase64String(receipt.Salt.Span), exported.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_state_comes_about_and_is_told_by_the_record_and_by_its_last_event()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "gate"));
        await test.EnrollAsync(7);
        await test.Vault.GrantConsentAsync(test.Grant("c-7", purpose: "gate"));
        await test.Vault.GrantConsentAsync(test.Grant("c-8") with { ExpiresAt = test.Clock.Now.AddDays(1) });
        await test.Vault.GrantConsentAsync(test.Grant("c-9") with { ExpiresAt = test.Clock.Now.AddDays(1) });
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));
        await test.Vault.RestrictConsentAsync(new ConsentId("c-2"));
        await test.Vault.RenewConsentAsync(new ConsentId("c-3"), test.Grant("c-10", "subject of c-3"));
        await test.Vault.EraseSubjectAsync(new SubjectId("subject of c-4"), "order 7");
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([new ConsentId("c-5")]));
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-6"));
        await test.Vault.ReplaceTemplatesAsync(new ConsentId("c-0"), null, [TestVault.Face(20)]);
        await test.Vault.RetirePurposeAsync(new PurposeId("gate"));
        test.Clock.Now += TimeSpan.FromDays(2);
        Assert.Equal(ConsentState.Expired, (await test.Vault.GetConsentAsync(new ConsentId("c-8")))!.State); // no sweep has run
        await test.Vault.SweepAsync();
        ConsentState[] expected =
        [
            ConsentState.Given, ConsentState.Withdrawn, ConsentState.Restricted, ConsentState.Superseded, ConsentState.Invalidated, ConsentState.Given, ConsentState.Withdrawn,
            ConsentState.Invalidated, ConsentState.Expired, ConsentState.Expired, ConsentState.Given,
        ];
        await test.ReopenAsync();
        foreach ((int i, ConsentState state) in expected.Index())
        {
            var id = new ConsentId($"c-{i}");
            Assert.Equal((i, state), (i, (await test.Vault.GetConsentAsync(id))!.State));
            JsonNode exported = await ExportAsync(test, id);
            string word = char.ToLowerInvariant(state.ToString()[0]) + state.ToString()[1..];
            Assert.Equal((word, word), ((string?)exported["header"]!["state"], exported["events"]!.AsArray().Select(e => (string?)e!["state"]).Last(s => s is not null)));
        }
    }

    [Fact]
    public async Task Events_are_only_appended()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        var id = new ConsentId("c-1");
        string[] before = [];
        foreach (Func<Task> step in new Func<Task>[]
        {
            () => test.Vault.ReplaceTemplatesAsync(id, null, [TestVault.Face(9)]),
            () => test.Vault.SetHoldAsync(HoldScope.OfConsents([id]), "order 7"),
            () => test.Vault.LiftHoldAsync(HoldScope.OfConsents([id])),
            () => test.Vault.RestrictConsentAsync(id),
            () => test.Vault.WithdrawConsentAsync(id),
        })
        {
            await step();
            string[] events = [.. (await ExportAsync(test, id))["events"]!.AsArray().Select(e => e!.ToJsonString())];
            Assert.True(events.Length > before.Length);
            Assert.Equal(before, events[..before.Length]);
            before = events;
        }
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_grant_that_was_refused_and_an_unknown_consent_has_no_record()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await RefusesAsync(test, ViolationCode.ConsentUnlimited, v => v.GrantConsentAsync(test.Grant("c-1") with { ExpiresAt = default }));
        await FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.ExportConsentAsync(One));
        Assert.Empty(test.Store.Snapshot()![KeyTable.Record].Range(0, long.MaxValue));
    }

    private static async Task<JsonNode> ExportAsync(TestVault test, ConsentId id) => JsonNode.Parse(await test.Vault.ExportConsentAsync(id))!;

    private static string[] Paths(JsonNode node) => [.. Leaves(node).Select(leaf => leaf.Path).Order(StringComparer.Ordinal)];

    private static IEnumerable<(string Path, string Value)> Leaves(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value!)),
        JsonArray { Count: > 0 } items when items[0] is JsonObject => items.SelectMany(item => Leaves(item!)),
        _ => [(node.GetPath(), node.ToJsonString())],
    };
}
