using System.Security.Cryptography;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>The bytes of a vault as they lie, to see that a refusal left them alone.</summary>
internal static class Unchanged
{
    /// <summary>Every blob of a vault in memory.</summary>
    public static string Print(TestVault test)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (InMemoryKeyStoreLocation location in test.MirrorStores.Prepend(test.Store))
            foreach ((KeyTable table, long key, byte[] blob) in location.Snapshot()!.Blobs())
            {
                hash.AppendData([(byte)table, .. BitConverter.GetBytes(key)]);
                hash.AppendData(blob);
            }

        foreach ((long id, byte[] blob) in test.Templates.Snapshot()!.Range(0, long.MaxValue))
        {
            hash.AppendData(BitConverter.GetBytes(id));
            hash.AppendData(blob);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Every file below a folder but SQLite's own companions, which may stay beside a database that was only read. Nobody may have a database open.</summary>
    public static SortedDictionary<string, string> Print(string folder)
    {
        var prints = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            if (!file.EndsWith("-wal", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal))
                prints.Add(Path.GetRelativePath(folder, file), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
        return prints;
    }

    /// <summary>A rule says no: nothing was written, all is said with a remedy, nobody is named.</summary>
    public static async Task<RefusedException> RefusesAsync(TestVault test, ViolationCode code, Func<Vault, Task> call)
    {
        string before = Print(test);
        RefusedException refusal = await Assert.ThrowsAsync<RefusedException>(() => call(test.Vault));
        Assert.Contains(refusal.Violations, v => v.Code == code);
        Assert.All(refusal.Violations, v => Assert.NotEqual("", v.Remedy));
        NamesNobody(refusal);
        Assert.Equal(before, Print(test));
        return refusal;
    }

    /// <summary>The world says no, by its code.</summary>
    public static async Task<VaultException> FailsAsync(TestVault test, VaultErrorCode code, Func<Vault, Task> call)
    {
        string before = Print(test);
        VaultException failure = await Assert.ThrowsAnyAsync<VaultException>(() => call(test.Vault));
        Assert.Equal(code, failure.Code);
        NamesNobody(failure);
        Assert.Equal(before, Print(test));
        return failure;
    }

    /// <summary>Misuse: an exception that names the parameter.</summary>
    public static async Task MisusedAsync(TestVault test, string parameter, Func<Vault, Task> call)
    {
        string before = Print(test);
        ArgumentException misuse = await Assert.ThrowsAnyAsync<ArgumentException>(() => call(test.Vault));
        Assert.Equal(parameter, misuse.ParamName);
        NamesNobody(misuse);
        Assert.Equal(before, Print(test));
    }

    /// <summary>No message names a subject or a consent of these tests: they are all called c-… and subject of ….</summary>
    public static void NamesNobody(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            Assert.DoesNotContain("c-", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("subject of ", e.Message, StringComparison.Ordinal);
        }
    }

#pragma warning disable CS1998 // an enumeration that never waits
    public static async IAsyncEnumerable<Enrollment> Items(params Enrollment[] items)
#pragma warning restore CS1998
    {
        foreach (Enrollment item in items)
            yield return item;
    }
}
