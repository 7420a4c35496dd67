using System.Text;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary>The receipts of an import, also of one that broke off or was done before: with them alone subjects can check their certificates.</summary>
internal static class ImportReceipts
{
    /// <summary>Writes a line for every consent of the import that the vault has.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="file">Where they go.</param>
    /// <param name="context">The command.</param>
    /// <param name="path">The file as the command line names it.</param>
    /// <param name="consents">All consents of the import, in its order.</param>
    /// <param name="result">What the import did, or <see langword="null"/> when it did not come to its end: then what cannot be read is left out, and the first failure is the one that counts.</param>
    public static async Task WriteAsync(Vault vault, ResultFile file, CommandContext context, string path, IEnumerable<ConsentId> consents, ImportResult? result)
    {
        Dictionary<ConsentId, ConsentReceipt> made = (result?.Receipts ?? []).ToDictionary(receipt => receipt.Consent);
        var lines = new List<string>();
        try
        {
            foreach (ConsentId consent in consents)
            {
                if (made.GetValueOrDefault(consent) is { } receipt || (receipt = await vault.GetReceiptAsync(consent, CancellationToken.None).ConfigureAwait(false)) is not null)
                    lines.Add(Encoding.UTF8.GetString(receipt.ToJson()));
            }
        }
        catch (VaultException) when (result is null)
        {
            // The vault has failed, and that is what is reported.
        }
        if (result is not null || lines.Count > 0)
            file.Write(lines, context.Terminal, why => Messages.ReceiptsUnwritable(path, why));
    }
}
