using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FaceVault.Commits;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Templates;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Memory;

/// <summary>An application that wipes the vectors it hands over; it remembers what they look like encoded, and interleaved in a gallery.</summary>
/// <remarks>Every call is made on a thread of its own that stands still afterwards, so that nobody writes over what the call left in its stack.</remarks>
internal sealed class CarefulCaller(ProcessMemory memory, Vault vault) : IDisposable
{
    private const int Dimensions = 64;
    private readonly SecretBuffer encoded = new(Dimensions * sizeof(float));

    /// <summary>Hands over a person's vector, which is wiped afterwards and was never anywhere else.</summary>
    public static async Task UseAsync(int person, Func<ReadOnlyMemory<float>, Task> use)
    {
        float[] vector = GC.AllocateUninitializedArray<float>(Dimensions, pinned: true);
        try
        {
            Fill(person, vector);
            await await OnOwnThread(() => use(vector));
        }
        finally
        {
            Array.Clear(vector);
        }
    }

    public Task EnrollAsync(string name, int person, string? model, int lanes) => UseAsync(person, async vector =>
    {
        await vault.EnrollAsync(Scenario.Id($"f-{person % 10}"), model, vector);
        await await OnOwnThread(() =>
        {
            Remember(name, person % 10, vector.Span, model is null ? TestVault.Model : new TemplateModel(model, Dimensions, TemplateEncoding.Int8), lanes * sizeof(float));
            return Task.CompletedTask;
        });
    });

    public void Dispose() => encoded.Dispose();

    private static Task<Task> OnOwnThread(Func<Task> call)
    {
        var called = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            called.SetResult(BelowReach(call));
            Thread.Sleep(Timeout.Infinite);
        })
        { IsBackground = true }.Start();
        return called.Task;
    }

    /// <summary>So deep in the stack that what the thread does afterwards does not reach it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task BelowReach(Func<Task> call)
    {
        Span<byte> reach = stackalloc byte[16 << 10];
        reach.Clear();
        return call();
    }

    /// <summary>As it was handed over, and as its purpose turns it.</summary>
    private void Remember(string name, int consent, ReadOnlySpan<float> vector, TemplateModel model, int distance)
    {
        memory.Remember($"{name}: vector as handed over", MemoryMarshal.AsBytes(vector));
        using Rotation rotation = RotationOf(Scenario.Id($"f-{consent}"), model);
        using var turned = new SecretBuffer(Dimensions * sizeof(float));
        Span<float> numbers = MemoryMarshal.Cast<byte, float>(turned.DangerousBytes);
        TemplateCodec.Turn(model, rotation, vector, numbers);
        memory.Remember($"{name}: vector on its way to be encoded", turned.DangerousBytes);
        Remember(name, numbers, model, distance);
        Remember(name + ", not turned", vector, model, distance);
    }

    private Rotation RotationOf(ConsentId consent, TemplateModel model)
    {
        using ReadScope view = vault.Engine.Read();
        Span<byte> utf8 = stackalloc byte[256];
        view.Tree.TryGet(view.FindConsent(utf8[..consent.CopyUtf8To(utf8)]), out KeyEntry entry);
        return new Rotation(new RotationSeed(view.Crown.FindPurpose((ushort)(entry.PurposeVersion >> 16))!.DangerousSeed), model);
    }

    private void Remember(string name, ReadOnlySpan<float> vector, TemplateModel model, int distance)
    {
        Span<byte> bytes = encoded.DangerousBytes[..TemplateCodec.EncodedSize(model)];
        TemplateCodec.Encode(model, vector, bytes);
        bool isInt8 = model.Encoding == TemplateEncoding.Int8;
        memory.Remember($"{name}: encoded template", isInt8 ? bytes[4..] : bytes);
        memory.Remember($"{name}: lane, signed", isInt8 ? bytes[4..] : bytes, distance);
        for (int i = 0; isInt8 && i < bytes.Length; i++)
            bytes[i] ^= 0x80;
        memory.Remember($"{name}: gallery lane", isInt8 ? bytes[4..] : bytes, distance);
        bytes.Clear();
        if (!isInt8)
            return;
        using var maxima = new SecretBuffer(8 * sizeof(float));
        Span<float> largest = MemoryMarshal.Cast<byte, float>(maxima.DangerousBytes);
        for (int i = 0; i < vector.Length; i++)
            largest[i % largest.Length] = Math.Max(largest[i % largest.Length], Math.Abs(vector[i]));
        memory.Remember($"{name}: the largest of its numbers, as a vector of them is gone through", maxima.DangerousBytes);
    }

    private static void Fill(int person, Span<float> vector)
    {
        var random = new Random(person);
        for (int i = 0; i < vector.Length; i++)
            vector[i] = (float)((random.NextDouble() * 2) - 1);
    }
}
