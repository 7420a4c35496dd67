using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceVault.Tests.Operations;
using Microsoft.AspNetCore.Builder;

namespace FaceVault.Tests.Hosting;

/// <summary>What a web client is told when a vault says no: a status, a code, the reasons of a refusal; no name, no place on a disk.</summary>
public sealed class ProblemTests
{
    private const string Secret = "/mnt/first/door.key of subject emp-1042";

    [Fact]
    public async Task Every_failure_of_the_world_has_a_status_and_a_code_and_keeps_its_message()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await using HostedApp app = await StartAsync(test);
        var statuses = new Dictionary<HttpStatusCode, int>();
        foreach (VaultErrorCode code in Enum.GetValues<VaultErrorCode>())
        {
            using HttpResponseMessage answer = await app.Client.GetAsync(new Uri("/throw/" + code, UriKind.Relative));
            string body = await answer.Content.ReadAsStringAsync();
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            using JsonDocument problem = JsonDocument.Parse(body);
            Assert.Equal(code.ToString(), problem.RootElement.GetProperty("code").GetString());
            Assert.Equal((int)answer.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
            Assert.Matches(@"^\p{Lu}.*\.$", problem.RootElement.GetProperty("detail").GetString());
            Assert.DoesNotContain("emp-1042", body, StringComparison.Ordinal);
            Assert.DoesNotContain("/mnt", body, StringComparison.Ordinal);
            Assert.InRange((int)answer.StatusCode, 400, 599);
            bool isTransient = new VaultException(code, "").IsTransient && code != VaultErrorCode.ErasureIncomplete; // a repeated change would be made twice
            Assert.Equal(isTransient, answer.Headers.RetryAfter is not null);
            statuses[answer.StatusCode] = statuses.GetValueOrDefault(answer.StatusCode) + 1;
        }

        Assert.Equal(5, statuses[HttpStatusCode.ServiceUnavailable]);
        Assert.Equal(3, statuses[HttpStatusCode.NotFound]);
        Assert.Equal(4, statuses[HttpStatusCode.Conflict]);
    }

    [Fact]
    public async Task A_refusal_lists_every_violation_with_rule_field_reason_and_remedy()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await using HostedApp app = await StartAsync(test);
        using HttpResponseMessage answer = await app.Client.PostAsync(new Uri("/grant", UriKind.Relative), new StringContent("""{"id":"c-17","subject":"emp-1042","purpose":"door"}"""));
        string body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        using JsonDocument problem = JsonDocument.Parse(body);
        JsonElement[] violations = [.. problem.RootElement.GetProperty("violations").EnumerateArray()];

        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.GrantConsentAsync(ConsentGrant.FromJson("""{"id":"c-17","subject":"emp-1042","purpose":"door"}"""u8)));
        Assert.True(refused.Violations.Count > 1);
        Assert.Equal(
            refused.Violations.Select(v => (v.Code.ToString(), v.Rule, v.Field, v.Reason, v.Remedy)),
            violations.Select(v => (Text(v, "code"), Text(v, "rule"), Text(v, "field"), Text(v, "reason"), Text(v, "remedy"))));
        Assert.DoesNotContain("emp-1042", body, StringComparison.Ordinal);
        Assert.DoesNotContain("c-17", Said(body), StringComparison.Ordinal);
        Assert.DoesNotContain(app.Log.All, line => line.Contains("emp-1042", StringComparison.Ordinal) || line.Contains("c-17", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_s_malformed_input_is_its_own_mistake()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await using HostedApp app = await StartAsync(test);
        foreach ((string path, HttpContent content) in ((string, HttpContent)[])
            [("/grant", new StringContent("""{"ID":"c-17"}""")), ("/open", JsonContent.Create(new float[3])), ("/open", JsonContent.Create(new float[64])), ("/withdraw", JsonContent.Create("a\nb"))])
        {
            using HttpResponseMessage answer = await app.Client.PostAsync(new Uri(path, UriKind.Relative), content);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.Equal("Malformed", Text(problem.RootElement, "code"));
        }

        using HttpResponseMessage unknown = await app.Client.PostAsync(new Uri("/withdraw", UriKind.Relative), JsonContent.Create("c-99"));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("/enroll", """{}""", "The id of the consent is missing.")]
    [InlineData("/enroll", """{"consent":""}""", "The id of the consent is not")]
    [InlineData("/enroll", """{"consent":"c-0"}""", "does not have the model's")]
    [InlineData("/enroll", """{"consent":"c-0","embedding":[1,2,3]}""", "does not have the model's")]
    [InlineData("/enroll", """{"consent":"c-0","embedding":[1e39ZEROS]}""", "a number that is not finite")]
    [InlineData("/open", "null", null)]
    [InlineData("/open", "[1,2,3]", "dimensions")]
    [InlineData("/open", "[1e39ZEROS]", "NaN or infinity")]
    [InlineData("/open", "[NaN]", null)]
    [InlineData("/withdraw", "\"\"", "The id of the consent is not")]
    [InlineData("/erase", "{}", "The id of the subject is missing.")]
    [InlineData("/gallery", "{}", "The id of the purpose is missing.")]
    public async Task What_a_body_lacks_or_holds_wrongly_is_told_with_its_name(string path, string body, string? told)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await using HostedApp app = await StartAsync(test);
        string zeros = string.Concat(Enumerable.Repeat(",0", 63));
        using var content = new StringContent(body.Replace("ZEROS", zeros, StringComparison.Ordinal), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage answer = await app.Client.PostAsync(new Uri(path, UriKind.Relative), content);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{answer.StatusCode} {text}");
        Assert.DoesNotContain("c-0", Said(text), StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", text, StringComparison.Ordinal);
        if (told is null)
            return; // ASP.NET Core itself refuses it
        using JsonDocument problem = JsonDocument.Parse(text);
        Assert.Equal("Malformed", Text(problem.RootElement, "code"));
        string said = problem.RootElement.TryGetProperty("violations", out JsonElement violations) ? Text(violations[0], "reason") : Text(problem.RootElement, "detail");
        Assert.Contains(told, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_a_vault_s_is_left_to_others()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await using HostedApp app = await StartAsync(test);
        foreach (string other in new[] { "invalid", "argument", "format" })
        {
            using HttpResponseMessage answer = await app.Client.GetAsync(new Uri("/other/" + other, UriKind.Relative));
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.DoesNotContain("code", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    /// <summary>An answer without its trace id, which is random and may look like any short name.</summary>
    private static string Said(string body) => Regex.Replace(body, "\"traceId\":\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static Task<HostedApp> StartAsync(TestVault test) => HostedApp.StartAsync(test, new SteppedClock(test.Start), map: web =>
    {
        web.MapGet("/throw/{code}", string (VaultErrorCode code) => throw new VaultException(code, Secret));
        web.MapGet("/other/{probe}", string (string probe) => throw (probe switch
        {
            "argument" => new ArgumentException(Secret, nameof(probe)),
            "format" => new FormatException(Secret),
            _ => new InvalidOperationException(Secret),
        }));
        web.MapPost("/grant", async (Stream body, Vault vault) =>
        {
            using var json = new MemoryStream();
            await body.CopyToAsync(json);
            return (await vault.GrantConsentAsync(ConsentGrant.FromJson(json.ToArray()))).Version;
        });
        web.MapPost("/open", async (float[] probe, Vault vault) => (await (await vault.GetGalleryAsync(new PurposeId(TestVault.Door))).IdentifyAsync(probe, 1, Threshold.At(0.9f))).Count);
        web.MapPost("/enroll", async (Asked asked, Vault vault) => await vault.EnrollAsync(new ConsentId(asked.Consent!), null, asked.Embedding));
        web.MapPost("/erase", async (Asked asked, Vault vault) => (await vault.EraseSubjectAsync(new SubjectId(asked.Subject!))).Count);
        web.MapPost("/gallery", async (Asked asked, Vault vault) => (await vault.GetGalleryAsync(new PurposeId(asked.Purpose!))).Count);
        web.MapPost("/withdraw", async ([Microsoft.AspNetCore.Mvc.FromBody] string consent, Vault vault) => (await vault.WithdrawConsentAsync(new ConsentId(consent))).ToString());
    });

    private sealed record Asked(string? Consent, string? Subject, string? Purpose, float[]? Embedding);
}
