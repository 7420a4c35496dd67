using Microsoft.Extensions.Options;

namespace FaceVault.DependencyInjection;

/// <summary>Says everything that is wrong with a vault's settings, and of which vault.</summary>
internal sealed class VaultOptionsValidation : IValidateOptions<VaultOptions>
{
    public ValidateOptionsResult Validate(string? name, VaultOptions options)
    {
        string[] problems = [.. options.FindProblems()];
        return problems.Length == 0 ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(string.IsNullOrEmpty(name) ? problems : problems.Select(problem => $"Vault {name}: {problem}"));
    }
}
