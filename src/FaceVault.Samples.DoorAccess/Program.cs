using System.Text.Json.Serialization;
using FaceVault;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddFaceVault(builder.Configuration.GetSection("FaceVault"));
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Add(Bodies.Default)); // no reflection: may be trimmed
WebApplication app = builder.Build();
app.UseExceptionHandler();                 // a refusal is a 422 with its reasons, a busy gallery a 503
app.MapHealthChecks("/ready");             // healthy once the gallery of the door is loaded

var door = new PurposeId("door");
var threshold = Threshold.At(0.42f);       // measured for this model, at the size of this gallery

app.MapPost("/consents", async (HttpRequest request, Vault vault, CancellationToken cancellationToken) =>
{
    using var form = new MemoryStream();
    await request.Body.CopyToAsync(form, cancellationToken);
    ConsentReceipt receipt = await vault.GrantConsentAsync(ConsentGrant.FromJson(form.ToArray()), cancellationToken);
    return Results.File(receipt.ToJson(), "application/json", "receipt.json"); // for the person; keep no copy
});

app.MapPost("/faces", async (Face face, Vault vault, CancellationToken cancellationToken) =>
{
    await vault.EnrollAsync(new ConsentId(face.Consent), model: null, face.Embedding, cancellationToken);
    return Results.NoContent();
});

app.MapPut("/faces", async (Face face, Vault vault, CancellationToken cancellationToken) =>
    Certificate(await vault.ReplaceTemplatesAsync(new ConsentId(face.Consent), model: null, [face.Embedding], cancellationToken)));

app.MapPost("/open", async (Probe probe, Vault vault, CancellationToken cancellationToken) =>
{
    Gallery gallery = await vault.GetGalleryAsync(door, cancellationToken: cancellationToken);
    IReadOnlyList<Match> found = await gallery.IdentifyAsync(probe.Embedding, top: 1, threshold, cancellationToken);
    return found.Count == 1 ? Results.Ok() : Results.StatusCode(StatusCodes.Status403Forbidden);
});

app.MapPost("/withdrawals", async (Withdrawal withdrawal, Vault vault, CancellationToken cancellationToken) =>
    Certificate(await vault.WithdrawConsentAsync(new ConsentId(withdrawal.Consent), cancellationToken: cancellationToken)));

app.MapGet("/key", (Vault vault) => vault.VerifierKey.ToString()); // with it anybody checks a certificate, offline
app.Run();

static IResult Certificate(DeletionCertificate certificate) => Results.File(certificate.ToJson(), "application/json", "deletion-certificate.json");

internal sealed record Face(string Consent, float[] Embedding);
internal sealed record Probe(float[] Embedding);
internal sealed record Withdrawal(string Consent);

[JsonSerializable(typeof(Face))]
[JsonSerializable(typeof(Probe))]
[JsonSerializable(typeof(Withdrawal))]
internal sealed partial class Bodies : JsonSerializerContext;
