using System.Runtime.InteropServices;
using FaceVault.Interop;

namespace FaceVault.Matching;

/// <summary>One worker's way to the blocks of a gallery: it holds the store's barrier from <see cref="Enter"/> to <see cref="Exit"/>, and has what reading a block takes of its own: a copy of the factors, and for a sealed gallery the scratch that templates are opened into.</summary>
/// <remarks>Scratch is left out of core dumps, locked where the system allows it, and wiped before the barrier is left: a removal that has returned has left no template in any scratch. Not thread-safe.</remarks>
internal sealed unsafe class BlockReader : IDisposable
{
    private readonly GalleryStore store;
    private readonly GalleryMemory? scratch;

    /// <exception cref="VaultException"><see cref="VaultErrorCode.CapacityExceeded"/>: memory has to be locked and cannot be.</exception>
    public BlockReader(GalleryStore store)
    {
        this.store = store;
        scratch = store.AllocateScratch();
        Factors = (float*)NativeMemory.AlignedAlloc((nuint)store.Layout.Lanes * sizeof(float), 64);
    }

    /// <summary>The factors of the block at hand, read before its values.</summary>
    public float* Factors { get; }

    /// <summary>Takes the barrier for one block, which may be read until <see cref="Exit"/>.</summary>
    /// <exception cref="ObjectDisposedException">The gallery is closed.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.IntegrityViolated"/>: a sealed template was changed. The barrier is not held then.</exception>
    public InterleavedBlock Enter(int index)
    {
        store.EnterRead();
        try
        {
            InterleavedBlock block = store.Block(index);
            int lanes = store.Layout.Lanes;
            new ReadOnlySpan<float>(block.Factors, lanes).CopyTo(new Span<float>(Factors, lanes));
            Volatile.ReadBarrier();
            return new InterleavedBlock(store.Layout, block.Memory, store.Body.Panels(block, Factors, scratch is null ? null : scratch.Start));
        }
        catch (Exception failure)
        {
            Exit();
            if (failure is VaultException)
                store.NoteDamage();
            throw;
        }
    }

    /// <summary>Wipes the scratch and gives the barrier back.</summary>
    public void Exit()
    {
        if (scratch is not null)
            Libsodium.sodium_memzero(scratch.Start, (nuint)store.Body.ScratchSize);
        store.ExitRead();
    }

    public void Dispose()
    {
        scratch?.Dispose();
        NativeMemory.AlignedFree(Factors);
    }
}
