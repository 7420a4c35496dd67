using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using FaceVault.Cryptography;

namespace FaceVault.Templates;

/// <summary>Rule S4, ISO/IEC 24745 (unlinkability): the secret rotation of one purpose and model. It keeps every cosine between vectors that it has turned both, up to float rounding, and takes them away from those that another rotation has turned.</summary>
/// <remarks>
/// <para>Steps, each of which turns the secret signs of a block of w numbers, w being the largest power of two that is at most d, and then takes the block's Walsh–Hadamard transform divided by √w. Both are orthogonal on
/// the block and leave the other numbers alone, so each step, and all of them together, are orthogonal for every d. Where d = w there are three steps; otherwise six, over the first w numbers, the last w, those
/// in the middle, and again.</para>
/// <para>The signs are the bits, lowest first, of BLAKE2b-512 hashes keyed with the purpose's seed, of <c>"facevault/rota01" ‖ dimensions 2 ‖ counter 2 ‖ name</c>, integers little-endian, the counter from 0: w bits a step,
/// 1 for minus. They lie in locked memory and are wiped on dispose, or by whoever uses them then.</para>
/// <para>It is no encryption: d pairs of vectors before and after reveal it, and so does the seed. Thread-safe.</para>
/// </remarks>
internal sealed unsafe class Rotation : IDisposable
{
    private const int HashSize = 64;
    private const uint Minus = 0x80000000;

    private readonly SecretBuffer signs; // a bit each
    private readonly int width;
    private readonly int steps;
    private int holders = 1; // the owner and whoever uses it; whoever makes it 0 wipes
    private bool isDisposed;
    private volatile bool isRetired;

    /// <summary>Expands the signs: a hash for every 512 of them.</summary>
    public Rotation(RotationSeed seed, TemplateModel model)
    {
        Dimensions = model.Dimensions;
        width = (int)BitOperations.RoundUpToPowerOf2((uint)Dimensions + 1) / 2;
        steps = Dimensions == width ? 3 : 6;
        signs = new SecretBuffer(((steps * width) + (8 * HashSize) - 1) / (8 * HashSize) * HashSize);
        Expand(seed, model, signs.DangerousBytes);
    }

    public int Dimensions { get; }

    /// <summary>Turns a vector in place. Its numbers stay finite where its length does.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    /// <exception cref="ObjectDisposedException">The vault was closed.</exception>
    public void Apply(Span<float> vector) => Run(vector, isBack: false);

    /// <summary>Turns a vector back, up to float rounding: below 10^-6 of its length in each number.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    /// <exception cref="ObjectDisposedException">The vault was closed.</exception>
    public void Undo(Span<float> vector) => Run(vector, isBack: true);

    /// <summary>Nobody can use it any more; wiped when the last who does has ended.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref isDisposed, true))
            Leave();
    }

    /// <summary>The same, with the purpose's end as the reason.</summary>
    public void Retire()
    {
        isRetired = true;
        Dispose();
    }

    private void Run(Span<float> vector, bool isBack)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vector.Length, Dimensions);
        Enter();
        try
        {
            fixed (float* numbers = vector)
            fixed (byte* bytes = signs.DangerousBytes)
            {
                for (int i = 0; i < steps; i++)
                {
                    int step = isBack ? steps - 1 - i : i;
                    float* block = numbers + Offset(step);
                    if (!isBack)
                        Turn((uint*)block, bytes, step * width, width);
                    Hadamard.Transform(block, width);
                    if (isBack)
                        Turn((uint*)block, bytes, step * width, width);
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    private int Offset(int step) => (step % 3) switch
    {
        0 => 0,
        1 => Dimensions - width,
        _ => (Dimensions - width) / 2,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(uint* numbers, byte* signs, int firstSign, int length)
    {
        Vector256<uint> each = Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128), minus = Vector256.Create(Minus);
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= length - 8; i += 8) // then the first sign is the first of a byte
            (Vector256.Load(numbers + i) ^ (Vector256.Equals(Vector256.Create((uint)signs[(firstSign + i) / 8]) & each, each) & minus)).Store(numbers + i);
        for (; i < length; i++)
            numbers[i] ^= (signs[(firstSign + i) / 8] & (1u << ((firstSign + i) % 8))) == 0 ? 0 : Minus;
    }

    private static void Expand(RotationSeed seed, TemplateModel model, Span<byte> signs)
    {
        Span<byte> input = stackalloc byte[16 + 2 + 2 + TemplateModel.MaxNameLength];
        Labels.Rotation.CopyTo(input);
        BinaryPrimitives.WriteUInt16LittleEndian(input[16..], (ushort)model.Dimensions);
        input = input[..(20 + System.Text.Encoding.ASCII.GetBytes(model.Name, input[20..]))];
        for (int i = 0; i < signs.Length; i += HashSize)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(input[18..], (ushort)(i / HashSize));
            Blake2b.Hash(seed.DangerousBytes, input, signs.Slice(i, HashSize));
        }

        WipeStackBelow();
    }

    /// <summary>libsodium builds a hash in the stack and leaves it there.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WipeStackBelow()
    {
        Span<byte> below = stackalloc byte[8192];
        CryptographicOperations.ZeroMemory(below);
    }

    private void Enter()
    {
        int seen = Volatile.Read(ref holders);
        while (seen > 0 && !Volatile.Read(ref isDisposed))
        {
            int found = Interlocked.CompareExchange(ref holders, seen + 1, seen);
            if (found == seen)
                return;
            seen = found;
        }

        throw isRetired ? Error.PurposeRetired() : new ObjectDisposedException(nameof(Vault));
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref holders) == 0)
            signs.Dispose();
    }
}
