using System.Security.Cryptography;

namespace FaceVault.Keys;

/// <summary>A passphrase in a file of its own: its bytes without one line end behind them. Read into memory on the stack that is wiped, never into a string.</summary>
internal static class PassphraseFile
{
    /// <summary>Bytes of a passphrase at most.</summary>
    public const int MostBytes = 1024;

    public static TResult Read<TResult>(string path, Func<ReadOnlySpan<byte>, TResult> use, string parameter)
    {
        Span<byte> buffer = stackalloc byte[MostBytes + 3];
        try
        {
            int length = Fill(path, buffer, parameter);
            if (length > 0 && buffer[length - 1] == (byte)'\n')
                length--;
            if (length > 0 && buffer[length - 1] == (byte)'\r')
                length--;
            return length is > 0 and <= MostBytes ? use(buffer[..length]) : throw Error.PassphraseLength(MostBytes, parameter);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static int Fill(string path, Span<byte> buffer, string parameter)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0); // may be a pipe; keeps no bytes of its own
            int length = 0;
            while (length < buffer.Length && file.Read(buffer[length..]) is > 0 and var read)
                length += read;
            return length;
        }
        catch (Exception why) when (why is IOException or UnauthorizedAccessException)
        {
            throw Error.PassphraseUnreadable(why, parameter);
        }
    }
}
