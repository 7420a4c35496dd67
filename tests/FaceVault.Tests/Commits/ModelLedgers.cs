using System.Numerics;
using System.Runtime.InteropServices;

namespace FaceVault.Tests.Commits;

/// <summary>A ghost: where the branches of the ledger part, and what was signed. A branch is a line with a number; a crown's <see cref="Crown.Line"/> has the bit of every line on the path to it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct Ledgers
{
    private const int MostLines = 8, MostSigners = 4;

    // A byte for every line: the last commit on it, the ledger's size where it parted, and who signs on it. For every signer the line and size it signed last, the name that it signed under, and the one that the ledger gives it.
    private ulong Tips { get; init; }
    private ulong Partings { get; init; }
    private ulong Signers { get; init; }
    private ulong Signed { get; init; }
    private uint SignedNames { get; init; }
    private uint Names { get; init; }
    private byte Lines { get; init; }
    private byte SignerCount { get; init; }

    public static Ledgers Start(in Crown crown) => new() { Lines = 1, SignerCount = 1, Tips = crown.Commit };

    /// <summary>The commit that is made now goes on from <paramref name="from"/>: on its line, or on a new one where that line went further already.</summary>
    public Ledgers GoOn(in Crown from, bool part, out byte line)
    {
        line = from.Line;
        int number = NumberOf(from.Line);
        if (!part && At(Tips, number) <= from.Commit)
            return this;
        if (Lines == MostLines)
            throw new InvalidOperationException("The model has too few lines.");
        line |= (byte)(1 << Lines);
        return this with
        {
            Lines = (byte)(Lines + 1),
            Partings = With(Partings, Lines, from.Size),
            Signers = With(Signers, Lines, At(Signers, number)),
        };
    }

    public Ledgers Made(in Crown crown) => this with { Tips = With(Tips, NumberOf(crown.Line), Math.Max(crown.Commit, At(Tips, NumberOf(crown.Line)))) };

    /// <summary>A fresh signing key on a line, and its name.</summary>
    public Ledgers SignAnew(byte line, byte name)
    {
        if (SignerCount == MostSigners)
            throw new InvalidOperationException("The model has too few signing keys.");
        return this with { SignerCount = (byte)(SignerCount + 1), Signers = With(Signers, NumberOf(line), SignerCount), Names = (uint)With(Names, SignerCount, name) };
    }

    /// <summary>Signs the ledger of a crown under a name.</summary>
    /// <exception cref="ModelViolationException">SIGNED: the key has signed a ledger that this one does not continue. NAMED: another key has signed under the name, or this key under another.</exception>
    public Ledgers Sign(in Crown crown, byte name)
    {
        int signer = At(Signers, NumberOf(crown.Line));
        for (int other = 0; other < SignerCount; other++)
        {
            bool hasSigned = (byte)(Signed >> other * 16) != 0;
            if (hasSigned && (other == signer) != (At(SignedNames, other) == name))
                throw new ModelViolationException("NAMED");
        }

        byte line = (byte)(Signed >> signer * 16), size = (byte)(Signed >> signer * 16 + 8);
        if (line != 0 && (size > crown.Size || Common(line, crown.Line) < size))
            throw new ModelViolationException("SIGNED");
        ulong signed = (Signed & ~(0xFFFFUL << signer * 16)) | (ulong)(crown.Line | crown.Size << 8) << signer * 16;
        return this with { Signed = signed, SignedNames = (uint)With(SignedNames, signer, name) };
    }

    /// <summary>The name that the newest entry about it in a line's ledger gives.</summary>
    public byte NameOn(byte line) => At(Names, At(Signers, NumberOf(line)));

    /// <summary>Whether some entry of a line's ledger gives the name.</summary>
    public bool Says(byte line, byte name)
    {
        for (int number = 0; number < Lines; number++)
        {
            if ((line >> number & 1) != 0 && At(Names, At(Signers, number)) == name)
                return true;
        }

        return false;
    }

    private static int NumberOf(byte line) => BitOperations.Log2(line);

    /// <summary>How many entries two lines have in common.</summary>
    private int Common(byte one, byte other)
    {
        int common = 255;
        for (int number = 0; number < Lines; number++)
        {
            if (((one ^ other) >> number & 1) != 0)
                common = Math.Min(common, At(Partings, number));
        }

        return common;
    }

    private static byte At(ulong bytes, int index) => (byte)(bytes >> index * 8);

    private static ulong With(ulong bytes, int index, byte value) => (bytes & ~(0xFFUL << index * 8)) | (ulong)value << index * 8;
}
