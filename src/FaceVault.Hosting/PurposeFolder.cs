namespace FaceVault.Hosting;

/// <summary>Registers the purposes that a folder of reviewed JSON files defines.</summary>
internal static class PurposeFolder
{
    /// <summary>Reads every file before the first purpose is registered. A definition that stands in the vault already is no change.</summary>
    /// <returns>All that is wrong, a sentence each, beginning with the file's name; a changed definition by the members that differ.</returns>
    public static async Task<IReadOnlyList<string>> EnsureAsync(Vault vault, string folder, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        List<(string File, Purpose Purpose)> purposes = Read(folder, problems);
        if (problems.Count > 0)
            return problems;
        foreach ((string file, Purpose purpose) in purposes)
        {
            try
            {
                await vault.EnsurePurposeAsync(purpose, cancellationToken).ConfigureAwait(false);
            }
            catch (RefusedException refused)
            {
                problems.AddRange(refused.Violations.Select(v => $"{file}: {v.Field}: {v.Reason} {v.Remedy}"));
            }
            catch (VaultException changed) when (changed.Code is VaultErrorCode.PurposeDefinitionChanged or VaultErrorCode.PurposeRetired)
            {
                problems.Add($"{file}: {changed.Message}");
            }
        }

        return problems;
    }

    private static List<(string File, Purpose Purpose)> Read(string folder, List<string> problems)
    {
        var purposes = new List<(string File, Purpose Purpose)>();
        string[] paths;
        try
        {
            paths = [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add(Error.PurposesUnreadable(folder, unreadable));
            return purposes;
        }

        if (paths.Length == 0)
            problems.Add(Error.PurposesEmpty(folder));
        foreach (string path in paths)
        {
            string file = Path.GetFileName(path);
            try
            {
                Purpose purpose = Purpose.FromJson(path);
                if (purposes.Exists(p => p.Purpose.Id == purpose.Id))
                    problems.Add(Error.PurposeTwice(file));
                purposes.Add((file, purpose));
            }
            catch (Exception malformed) when (malformed is FormatException or IOException or UnauthorizedAccessException)
            {
                problems.Add($"{file}: {malformed.Message}");
            }
        }

        return purposes;
    }
}
