using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace FaceVault.Hosting;

/// <summary>What a web client is told of an exception of a vault. Messages about the world name places on the server's disks, so they are for the log; the client gets a code and a sentence of its own.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The vault's code, <c>Refused</c> or <c>Malformed</c>.</param>
/// <param name="Detail">A sentence.</param>
/// <param name="Violations">All violations of a refusal or of a malformed template; empty otherwise.</param>
/// <param name="RetryAfter">Seconds after which the same request may succeed; null where nobody knows.</param>
internal sealed record VaultProblem(int Status, string Code, string Detail, ViolationDetail[] Violations, int? RetryAfter = null)
{
    /// <summary>Parameters that a web request fills: what is wrong with them is the client's mistake.</summary>
    private static readonly string[] FromClients = ["probe", "embedding", "value"];

    /// <summary>Null when the exception is not a vault's.</summary>
    public static VaultProblem? Of(Exception exception) => exception switch
    {
        RefusedException refused when refused.Violations.All(v => v.Code == ViolationCode.MalformedTemplate) => new(StatusCodes.Status400BadRequest, "Malformed", Error.NoTemplate, Details(refused)),
        RefusedException refused => new(StatusCodes.Status422UnprocessableEntity, "Refused", Error.Refused, Details(refused)),
        VaultException failure => Of(failure.Code),
        FormatException when IsOurs(exception) => new(StatusCodes.Status400BadRequest, "Malformed", exception.Message, []),
        ArgumentException misuse when IsOurs(exception) && FromClients.Contains(misuse.ParamName) => new(StatusCodes.Status400BadRequest, "Malformed", Error.Sentence(misuse), []),
        _ => null,
    };

    private static ViolationDetail[] Details(RefusedException refused) => [.. refused.Violations.Select(v => new ViolationDetail(v.Code.ToString(), v.Rule, v.Field, v.Reason, v.Remedy))];

    private static VaultProblem Of(VaultErrorCode code)
    {
        (int status, string detail, int? retryAfter) = code switch
        {
            VaultErrorCode.Busy => (StatusCodes.Status503ServiceUnavailable, Error.Later, 1),
            VaultErrorCode.VaultFaulted or VaultErrorCode.VaultInUse => (StatusCodes.Status503ServiceUnavailable, Error.Later, 5),
            VaultErrorCode.ErasureIncomplete => (StatusCodes.Status503ServiceUnavailable, Error.NotComplete, null),
            VaultErrorCode.PlaceUnreachable => (StatusCodes.Status503ServiceUnavailable, Error.Unavailable, null),
            VaultErrorCode.LegalHold => (StatusCodes.Status409Conflict, Error.Held, null),
            VaultErrorCode.ConsentUnknown or VaultErrorCode.PurposeUnknown or VaultErrorCode.CertificateUnknown => (StatusCodes.Status404NotFound, Error.Unknown, null),
            VaultErrorCode.PurposeRetired => (StatusCodes.Status410Gone, Error.Retired, null),
            VaultErrorCode.PurposeDefinitionChanged or VaultErrorCode.VaultExists or VaultErrorCode.NothingLost => (StatusCodes.Status409Conflict, Error.Conflict, null),
            VaultErrorCode.CapacityExceeded => (StatusCodes.Status507InsufficientStorage, Error.Full, null),
            VaultErrorCode.WitnessFailed => (StatusCodes.Status502BadGateway, Error.Unavailable, null),
            _ => (StatusCodes.Status500InternalServerError, Error.Unavailable, default(int?)),
        };
        return new VaultProblem(status, code.ToString(), detail, [], retryAfter);
    }

    private static bool IsOurs(Exception exception) => exception.Source == nameof(FaceVault);
}

/// <summary>A violation as a member of problem details.</summary>
internal sealed record ViolationDetail(string Code, string Rule, string Field, string Reason, string Remedy);

/// <summary>Writes violations without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ViolationDetail[]))]
internal sealed partial class ProblemJson : JsonSerializerContext;
