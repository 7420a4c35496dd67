using System.Buffers.Binary;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Tampering;

/// <summary>The files of a small closed vault with a mirror, on a disk in memory where there is one: changed and put back as often as a test likes.</summary>
internal sealed class FlippedVault : IDisposable
{
    private readonly string folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"facevault-flips-{Guid.NewGuid():N}")).FullName;
    private readonly SortedDictionary<string, byte[]> whole = new(StringComparer.Ordinal);

    public async Task MakeAsync()
    {
        await using (TestVault test = await TestVault.InFilesAsync(folder, roots: 1, mirrors: 1))
        {
            await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "lift"));
            foreach ((string id, string purpose, int face) in ((string, string, int)[])[("c-0", TestVault.Door, 0), ("v-0", "lift", 0), ("c-2", TestVault.Door, 2)])
            {
                await test.Vault.GrantConsentAsync(test.Grant(id, purpose: purpose));
                await test.Vault.EnrollAsync(Scenario.Id(id), null, TestVault.Face(face));
                await test.Vault.EnrollAsync(Scenario.Id(id), "synthetic8", TestVault.Face(face));
            }

            await test.Vault.WithdrawConsentAsync(Scenario.Id("c-2"));
        }

        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            whole.Add(Path.GetRelativePath(folder, file), File.ReadAllBytes(file));
        Assert.Equal(["mirror0/keys.db", "mirror0/vault.json", "root0.key", "vault/keys.db", "vault/templates.db", "vault/vault.json"], whole.Keys);
    }

    /// <summary>The bytes of each file by what they are for.</summary>
    public IEnumerable<(string Name, string Label, int[] Bytes)> Kinds() =>
        from file in whole
        let labels = file.Key.EndsWith(".db", StringComparison.Ordinal) ? SqliteMap.Of(file.Value) : file.Key.EndsWith(".key", StringComparison.Ordinal) ? RootLabels(file.Value) : Enumerable.Repeat("text", file.Value.Length)
        from kind in labels.Select((label, at) => (label, at)).GroupBy(x => x.label, x => x.at)
        select (file.Key, kind.Key, kind.ToArray());

    public void Flip(string name, int at, int bit)
    {
        byte[] changed = [.. whole[name]];
        changed[at] ^= (byte)(1 << bit);
        File.WriteAllBytes(Path.Combine(folder, name), changed);
    }

    /// <summary>Every file as it was, and none that was not there.</summary>
    public void PutBack()
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            if (!whole.ContainsKey(Path.GetRelativePath(folder, file)))
                File.Delete(file);
        foreach ((string name, byte[] bytes) in whole)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    /// <summary>Opens what vault.json describes, as the command line does, and asks everything.</summary>
    public async Task<Answers> AskAsync(People people)
    {
        string directory = Path.Combine(folder, "vault");
        return await Answers.OfAsync(
            () => new Vault(new VaultOptions
            {
                TimeProvider = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)),
                MatchingThreads = 1,
                LockTimeout = TimeSpan.FromSeconds(1),
                Directory = directory,
                RootKey = new FileRootKeyStore(Vault.ReadRootPaths(directory)) { AllowEphemeral = true },
            }),
            people);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static IEnumerable<string> RootLabels(byte[] file)
    {
        int live = file.AsSpan(8192, 32768).ContainsAnyExcept((byte)0) ? 0 : 1;
        Assert.Equal(live == 1, file.AsSpan(8192 + 32768, 32768).ContainsAnyExcept((byte)0));
        Assert.True(BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(40)) > 0 && BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(4096 + 40)) > 0);
        return Enumerable.Range(0, file.Length).Select(at => at < 8192
            ? (at % 4096 < 512 ? "head" : "gap")
            : (at - 8192) / 32768 != live ? "free area"
            : ((at - 8192) % 32768) switch { < 16 => "record label", < 96 => "record header", < 168 => "sealed root key", < 256 => "record zeros", < 32736 => "stripes", _ => "checksum" });
    }
}
