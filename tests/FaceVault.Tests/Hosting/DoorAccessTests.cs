using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Conventions;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Hosting;

/// <summary>The door-access service of the documentation, as a process of its own: granted, enrolled, opened, replaced and withdrawn through HTTP.</summary>
[Collection(Alone.Name)]
public sealed class DoorAccessTests
{
    private const string Project = "src/FaceVault.Samples.DoorAccess";
    private const string Listening = "Now listening on: ";

    [Theory]
    [InlineData("csharp", "Program.cs")]
    [InlineData("json", "appsettings.json")]
    public void The_documented_service_is_the_one_that_is_run_here(string language, string file)
    {
        string[] code = Repository.Lines($"{Project}/{file}");
        Assert.InRange(code.Length, 5, 55);
        string[] document = Repository.Lines("docs/hosting.md");
        int fence = Array.IndexOf(document, "```" + language) + 1;
        Assert.Equal(code, document[fence..Array.IndexOf(document, "```", fence)]);
    }

    [Fact]
    public async Task The_door_opens_for_whom_consented_and_closes_for_ever_with_a_certificate()
    {
        using var folder = new TemporaryFolder();
        string first = folder["first.key"], second = folder["second.key"];
        await using (var vault = new Vault(new VaultOptions { Directory = folder["door"], RootKey = new FileRootKeyStore(first, second) { AllowEphemeral = true } }))
            await vault.InitializeAsync();
        using Process service = Start(folder["door"], first, second);
        var log = new StringBuilder();
        try
        {
            using var client = new HttpClient { BaseAddress = await AddressAsync(service, log), Timeout = Observation.Patience };
            Task<string> rest = service.StandardOutput.ReadToEndAsync();
            await UseAsync(client);
            await RealProcess.SignalAsync(service, "TERM");
            log.Append(await rest.WaitAsync(Observation.Patience));
            await service.WaitForExitAsync().WaitAsync(Observation.Patience);
            Assert.True(service.ExitCode == 0, log.ToString());
        }
        finally
        {
            if (!service.HasExited)
                service.Kill();
        }

        Assert.DoesNotContain("emp-1042", log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c-17", log.ToString(), StringComparison.Ordinal);
        await using var again = new Vault(new VaultOptions { Directory = folder["door"], RootKey = new FileRootKeyStore(first, second) });
        Assert.Equal(2, (await again.GetDeletionCertificatesAsync(new ConsentId("c-17"))).Count);
    }

    private static async Task UseAsync(HttpClient client)
    {
        float[] face = TestVault.Face(1, 512), nextYear = TestVault.Face(2, 512), stranger = TestVault.Face(3, 512);
        using (var patience = new CancellationTokenSource(Observation.Patience))
            while ((await client.GetAsync("/ready")).StatusCode != HttpStatusCode.OK)
                await Task.Delay(20, patience.Token);
        VerifierKey key = VerifierKey.Parse(await client.GetStringAsync("/key"));

        HttpResponseMessage refused = await client.PostAsync("/consents", Form("c-17", notice: new string('0', 64)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("NoticeAfterConsent", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        HttpResponseMessage granted = await client.PostAsync("/consents", Form("c-17"));
        Assert.True(granted.IsSuccessStatusCode, await granted.Content.ReadAsStringAsync());
        Assert.Equal("receipt.json", granted.Content.Headers.ContentDisposition?.FileName);
        ConsentReceipt receipt = ConsentReceipt.Parse(await granted.Content.ReadAsByteArrayAsync());

        Assert.Equal(HttpStatusCode.Forbidden, await OpenAsync(client, face));
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync("/faces", JsonContent.Create(new { consent = "c-17", embedding = face }))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await OpenAsync(client, face));
        Assert.Equal(HttpStatusCode.Forbidden, await OpenAsync(client, stranger));
        await RefuseMalformedAsync(client);

        DeletionCertificate replaced = await CertificateAsync(await client.PutAsync("/faces", JsonContent.Create(new { consent = "c-17", embedding = nextYear })));
        Assert.Equal(DeletionTrigger.Replaced, replaced.Trigger);
        Assert.Equal(HttpStatusCode.Forbidden, await OpenAsync(client, face));
        Assert.Equal(HttpStatusCode.OK, await OpenAsync(client, nextYear));

        DeletionCertificate withdrawn = await CertificateAsync(await client.PostAsync("/withdrawals", JsonContent.Create(new { consent = "c-17" })));
        Assert.Equal(DeletionTrigger.Withdrawn, withdrawn.Trigger);
        Assert.True(withdrawn.Check(key, receipt).IsValid);
        Assert.Equal(HttpStatusCode.Forbidden, await OpenAsync(client, nextYear));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await client.PostAsync("/faces", JsonContent.Create(new { consent = "c-17", embedding = face }))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync("/withdrawals", JsonContent.Create(new { consent = "c-18" }))).StatusCode);
    }

    private static async Task RefuseMalformedAsync(HttpClient client)
    {
        string overflowing = JsonSerializer.Serialize(new float[511])[..^1] + ",1e39]";
        foreach (string body in new[] { "{}", """{"consent":"c-17","embedding":[1,2,3]}""", """{"consent":"c-17","embedding":[NaN]}""", $$"""{"consent":"c-17","embedding":{{overflowing}}}""", "" })
        {
            foreach ((HttpMethod method, string path) in new[] { (HttpMethod.Post, "/faces"), (HttpMethod.Put, "/faces"), (HttpMethod.Post, "/open") })
            {
                using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                using HttpResponseMessage answer = await client.SendAsync(request);
                Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{method} {path} {body[..Math.Min(body.Length, 40)]}: {answer.StatusCode}");
            }
        }

        foreach (string path in new[] { "/withdrawals", "/consents" })
            Assert.Equal(path == "/consents" ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.BadRequest, (await client.PostAsync(path, new StringContent("{}", Encoding.UTF8, "application/json"))).StatusCode);
    }

    private static async Task<HttpStatusCode> OpenAsync(HttpClient client, float[] embedding) => (await client.PostAsync("/open", JsonContent.Create(new { embedding }))).StatusCode;

    private static async Task<DeletionCertificate> CertificateAsync(HttpResponseMessage answer)
    {
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        Assert.Equal(("attachment", "deletion-certificate.json"), (answer.Content.Headers.ContentDisposition?.DispositionType, answer.Content.Headers.ContentDisposition?.FileName));
        return DeletionCertificate.Parse(body);
    }

    private static StringContent Form(string consent, string? notice = null)
    {
        using JsonDocument purpose = JsonDocument.Parse(Repository.Read(Project + "/purposes/door.json"));
        string shown = notice ?? purpose.RootElement.GetProperty("notice").GetProperty("sha256").GetString()!;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return new StringContent($$"""
            {
              "id": "{{consent}}", "subject": "emp-1042", "purpose": "door", "given": "{{now:yyyy-MM-ddTHH:mm:ssZ}}", "expires": "{{now.AddMonths(6):yyyy-MM-ddTHH:mm:ssZ}}",
              "notice": { "language": "en", "sha256": "{{shown}}", "shown": "{{now.AddMinutes(-1):yyyy-MM-ddTHH:mm:ssZ}}" },
              "form": "written", "ageBand": "adult", "interaction": "form-88"
            }
            """);
    }

    /// <summary>The built sample, in the folder of its sources, where its settings and purposes lie; the port and the places are the test's.</summary>
    private static Process Start(string directory, string firstRoot, string secondRoot)
    {
        string built = Path.Combine(Repository.Root, Project, Path.GetRelativePath(Path.Combine(Repository.Root, "tests/FaceVault.Tests"), AppContext.BaseDirectory), "FaceVault.Samples.DoorAccess.dll");
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["exec", built, "--urls", "http://127.0.0.1:0", "--FaceVault:Directory", directory, "--FaceVault:RootKey:0", firstRoot, "--FaceVault:RootKey:1", secondRoot])
        {
            WorkingDirectory = Path.Combine(Repository.Root, Project),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (string name in new[] { "ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT" })
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }

    private static async Task<Uri> AddressAsync(Process service, StringBuilder log)
    {
        while (await service.StandardOutput.ReadLineAsync().WaitAsync(Observation.Patience) is { } line)
        {
            log.AppendLine(line);
            if (line.Contains(Listening, StringComparison.Ordinal))
                return new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
        }

        throw new InvalidOperationException("The service did not start: " + log);
    }
}
