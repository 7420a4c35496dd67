using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace FaceVault.Hosting;

/// <summary>Answers the exceptions of vaults with problem details (RFC 9457) and leaves all others alone.</summary>
internal sealed class VaultExceptionHandler(IProblemDetailsService problems, ILogger<VaultExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (VaultProblem.Of(exception) is not { } problem)
            return false;
        if (problem.Status >= StatusCodes.Status500InternalServerError)
            logger.LogError(exception, "A request ended with {Status} {Code}.", problem.Status, problem.Code);
        else
            logger.LogInformation("A request ended with {Status} {Code}.", problem.Status, problem.Code);
        httpContext.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } seconds)
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var details = new ProblemDetails { Status = problem.Status, Detail = problem.Detail };
        details.Extensions["code"] = problem.Code;
        if (problem.Violations.Length > 0)
            details.Extensions["violations"] = JsonSerializer.SerializeToElement(problem.Violations, ProblemJson.Default.ViolationDetailArray);
        await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = details, Exception = exception }).ConfigureAwait(false);
        return true;
    }
}
