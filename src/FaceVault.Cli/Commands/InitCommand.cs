using System.CommandLine;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>init</c>: a new vault.</summary>
internal static class InitCommand
{
    private const string Meaning =
        """
        The root key is the only secret outside the vault. Whoever loses every location of it has lost every template in the vault, and nobody can help.
        Whoever copies it keeps the power to read what copies of the vault hold: never back it up, never let it into an image of the machine.
        Keep the verifier key where others can find it: with it anyone can check this vault's certificates, offline and for ever.
        """;

    public static Command Create(Common common)
    {
        Option<bool> singleRoot = new("--single-root") { Description = "Accept one root location, which one bad sector can lose together with the vault." };
        Option<string[]> mirrors = New.Repeated("--mirror", "DIR", "Folder that gets a copy of the key store with every commit, best on another device.");
        Option<bool> noMirror = new("--no-mirror") { Description = "Say that the key store shall have no mirror." };
        Option<string> origin = New.Text("--origin", "NAME", "Name under which the vault signs; otherwise made from its id.");
        Option<bool> ephemeral = new("--allow-ephemeral-root") { Description = "Accept a root on tmpfs or an overlay, for trials." };
        return new Command("init", "Make a new vault.").OnVault(common).With(singleRoot, mirrors, noMirror, origin, ephemeral, common.Json).Does(common, async context =>
        {
            string[] roots = Vaults.Roots(context) ?? throw Messages.Usage("Give --root FILE, once for each root location, or set FACEVAULT_ROOT.");
            string[] mirrorFolders = context.Get(mirrors) ?? [];
            if (mirrorFolders.Length > 0 == context.Get(noMirror))
                throw Messages.ExactlyOneOf("--mirror DIR and --no-mirror");
            if (roots.Length < 2 && !context.Get(singleRoot))
                throw Messages.TooFewRoots();
            var options = new VaultOptions
            {
                Directory = Vaults.Folder(context),
                RootKey = Vaults.RootKey(context, roots, context.Get(ephemeral)),
                Origin = context.Get(origin),
                LockTimeout = Vaults.LockTimeout(context),
                TimeProvider = context.Terminal.Clock,
            };
            foreach (string mirror in mirrorFolders)
                options.Mirrors.Add(mirror);
            var vault = new Vault(options);
            await using (vault.ConfigureAwait(false))
            {
                await vault.InitializeAsync(context.CancellationToken).ConfigureAwait(false);
                Print(context, vault, roots, [.. mirrorFolders.Select(Path.GetFullPath)]);
            }
            return ExitCode.Done;
        });
    }

    private static void Print(CommandContext context, Vault vault, string[] roots, string[] mirrors)
    {
        if (context.Get(context.Common.Json))
        {
            using ResultWriter results = context.Results();
            results.Write(json =>
            {
                json.WriteString("verifierKey", vault.VerifierKey.ToString());
                json.WriteString("origin", vault.Origin);
                json.WriteStrings("roots", roots);
                json.WriteStrings("mirrors", mirrors);
                json.WriteString("meaning", Meaning.ReplaceLineEndings(" "));
            });
            return;
        }
        TextWriter output = context.Terminal.Out;
        output.WriteLine($"verifier key: {vault.VerifierKey}");
        output.WriteLine($"origin: {vault.Origin}");
        foreach (string root in roots)
            output.WriteLine($"root key: {root}");
        foreach (string mirror in mirrors)
            output.WriteLine($"mirror: {mirror}");
        if (mirrors.Length == 0)
            output.WriteLine("mirror: none, so the loss of keys.db is the loss of every template");
        output.WriteLine();
        output.WriteLine(Meaning.ReplaceLineEndings("\n"));
    }
}
