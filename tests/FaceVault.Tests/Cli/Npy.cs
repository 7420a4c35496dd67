using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceVault.Tests.Cli;

/// <summary>Writes NumPy files, right ones and wrong ones.</summary>
internal static class Npy
{
    public static byte[] Of(int rows, int dimensions, Func<int, int, float> value)
    {
        float[] values = new float[rows * dimensions];
        for (int i = 0; i < values.Length; i++)
            values[i] = value(i / dimensions, i % dimensions);
        return With($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {dimensions}), }}", MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    public static byte[] With(string header, byte[] data, byte major = 1, byte minor = 0)
    {
        int prefix = major == 1 ? 10 : 12;
        int padded = (prefix + header.Length + 1 + 63) / 64 * 64;
        byte[] file = new byte[padded + data.Length];
        file.AsSpan().Fill((byte)' ');
        file[0] = 0x93;
        "NUMPY"u8.CopyTo(file.AsSpan(1));
        file[6] = major;
        file[7] = minor;
        if (major == 1)
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), checked((ushort)(padded - prefix)));
        else
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), (uint)(padded - prefix));
        Encoding.ASCII.GetBytes(header, file.AsSpan(prefix));
        file[padded - 1] = (byte)'\n';
        data.CopyTo(file, padded);
        return file;
    }
}
