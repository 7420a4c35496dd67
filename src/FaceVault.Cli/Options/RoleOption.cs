using System.CommandLine;

namespace FaceVault.Cli.Options;

/// <summary><c>--role ROLE</c>: who asked. It is recorded sealed, and decides nothing.</summary>
internal static class RoleOption
{
    private static readonly RequesterRole[] Roles = [.. Enum.GetValues<RequesterRole>().Where(role => role != RequesterRole.None)];

    public static Option<RequesterRole> Create() => new("--role")
    {
        Description = $"Who asked: {string.Join(", ", Roles.Select(Word))}; it is kept sealed with the consent.",
        HelpName = "ROLE",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            foreach (RequesterRole role in Roles)
                if (result.Tokens is [var token] && token.Value == Word(role))
                    return role;
            result.AddError($"--role takes one of {string.Join(", ", Roles.Select(Word))}.");
            return RequesterRole.None;
        },
    };

    private static string Word(RequesterRole role) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(role.ToString());
}
