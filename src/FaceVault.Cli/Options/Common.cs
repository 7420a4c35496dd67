using System.CommandLine;

namespace FaceVault.Cli.Options;

/// <summary>Options that several commands share. Made anew for every command line, since a symbol remembers the commands it was added to.</summary>
internal sealed class Common(Terminal terminal)
{
    public Terminal Terminal { get; } = terminal;

    public Argument<string> Vault { get; } = new("VAULT") { Description = "Folder of the vault." };

    public Option<string[]> Root { get; } = New.Repeated("--root", "FILE", "Root key location, an absolute path; otherwise FACEVAULT_ROOT or what vault.json says.");

    public Option<string> PassphraseFile { get; } = New.Text("--passphrase-file", "FILE", "File with the passphrase of the root key; otherwise FACEVAULT_PASSPHRASE_FILE, or none.");

    public Option<long> LockTimeout { get; } = New.Whole("--lock-timeout", "SECONDS", "Seconds to wait for another process that holds the vault.", byDefault: 10);

    public Option<bool> Json { get; } = new("--json") { Description = "Print the result as one JSON object." };

    /// <summary>For lists, so that a script can give <c>--json</c> to every command that answers.</summary>
    public Option<bool> JsonLines { get; } = new("--json") { Description = "Changes nothing: the list is NDJSON in any case." };

    public Option<bool> Yes { get; } = new("--yes") { Description = "Do what cannot be undone without asking." };

    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "List counts of what would be done, and do nothing." };

    public Option<string> Model { get; } = New.Text("--model", "NAME", "Model of the embeddings; when left out, the first that the purpose admits.");

    public Option<string> Npy { get; } = New.Needed("--npy", "FILE", "NumPy file of float32 embeddings, shape [rows, dimensions], C order.");

    public Option<long> Row { get; } = NeededWhole("--row", "N", "Row of the file, counted from 0.");

    public Option<string> Consent { get; } = New.Needed("--consent", "ID", "Consent id.");

    public Option<string> Purpose { get; } = New.Needed("--purpose", "ID", "Purpose id.");

    public Option<string> Certificate { get; } = New.Needed("--certificate", "FILE", "Where the certificates go: JSON for one, NDJSON for several; - is standard output.");

    private static Option<long> NeededWhole(string name, string value, string description)
    {
        Option<long> option = New.Whole(name, value, description);
        option.Required = true;
        return option;
    }
}
