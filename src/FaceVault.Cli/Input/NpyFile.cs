using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Cli.Input;

/// <summary>
/// A NumPy file (format 1.0 or 2.0) of float32 vectors, shape [rows, dimensions], little-endian, C order, read row by row. Strict: anything else is refused
/// with a sentence that says what was found. Values are not looked at; the vault refuses NaN, infinity and zero vectors.
/// </summary>
internal sealed class NpyFile : IDisposable
{
    /// <summary>Longest header, in bytes; NumPy writes about a hundred.</summary>
    public const int MaxHeader = 1 << 14;

    /// <summary>Most rows and most dimensions that are believed.</summary>
    public const long MaxRows = 1L << 31, MaxDimensions = 1L << 16;

    private readonly SafeFileHandle _file;
    private readonly long _dataStart;

    private NpyFile(string path, SafeFileHandle file, long dataStart, long rows, int dimensions)
    {
        Path = path;
        _file = file;
        _dataStart = dataStart;
        Rows = rows;
        Dimensions = dimensions;
    }

    public string Path { get; }

    public long Rows { get; }

    public int Dimensions { get; }

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="CliException">It cannot be read, is an image, or is not such a NumPy file.</exception>
    public static NpyFile Open(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            NpyFile npy = Open(path, file);
            file = null;
            return npy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Messages.InputUnreadable(path, e);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>One row as a new array.</summary>
    /// <exception cref="CliException">There is no such row, or the file became shorter.</exception>
    public float[] ReadRow(long row)
    {
        if (row < 0 || row >= Rows)
            throw Messages.RowOutside(Path, Rows);
        float[] values = new float[Dimensions];
        ReadRow(row, values);
        return values;
    }

    /// <summary>One row into a buffer of <see cref="Dimensions"/> floats.</summary>
    public void ReadRow(long row, Span<float> destination)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(destination[..Dimensions]);
        if (!TryFill(_file, bytes, _dataStart + row * bytes.Length))
            throw Messages.NpyMalformed(Path, "it became shorter while it was read");
        if (!BitConverter.IsLittleEndian)
        {
            Span<int> words = MemoryMarshal.Cast<float, int>(destination[..Dimensions]);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    public void Dispose() => _file.Dispose();

    private static NpyFile Open(string path, SafeFileHandle file)
    {
        long length = RandomAccess.GetLength(file);
        Span<byte> start = stackalloc byte[12];
        start.Clear();
        int got = RandomAccess.Read(file, start, 0);
        if (ImageFormat.Of(start[..got]) is { } format)
            throw Messages.ImageNotEmbedding(path, format);
        if (got < start.Length || start[0] != 0x93 || !start[1..].StartsWith("NUMPY"u8))
            throw Messages.NpyMalformed(path, "it does not begin as a NumPy file does");
        (int prefix, long headerLength) = (start[6], start[7]) switch
        {
            (1, 0) => (10, BinaryPrimitives.ReadUInt16LittleEndian(start[8..])),
            (2, 0) => (12, (long)BinaryPrimitives.ReadUInt32LittleEndian(start[8..])),
            var (major, minor) => throw Messages.NpyMalformed(path, $"its format version is {major}.{minor}, and 1.0 and 2.0 are read"),
        };
        if (headerLength > MaxHeader)
            throw Messages.NpyMalformed(path, $"its header claims {headerLength:N0} bytes, and {MaxHeader:N0} are believed");
        byte[] headerBytes = new byte[headerLength];
        if (!TryFill(file, headerBytes, prefix))
            throw Messages.NpyMalformed(path, "it ends inside its header");
        if (!Ascii.IsValid(headerBytes))
            throw Messages.NpyMalformed(path, "its header is not plain text");
        NpyHeader header = NpyHeader.Parse(Encoding.ASCII.GetString(headerBytes), out string why) ?? throw Messages.NpyMalformed(path, why);
        (long rows, int dimensions) = Check(path, header);
        long expected = prefix + headerLength + rows * dimensions * sizeof(float);
        if (length < expected)
            throw Messages.NpyMalformed(path, $"it is truncated: its shape needs {expected:N0} bytes and it has {length:N0}");
        if (length > expected)
            throw Messages.NpyMalformed(path, $"it has {length - expected:N0} bytes after its last row");
        return new NpyFile(path, file, prefix + headerLength, rows, dimensions);
    }

    private static (long Rows, int Dimensions) Check(string path, NpyHeader header)
    {
        if (header.Descr != "<f4")
            throw Messages.NpyMalformed(path, $"its elements are '{header.Descr}', and little-endian float32 ('<f4') is wanted");
        if (header.FortranOrder)
            throw Messages.NpyMalformed(path, "it is in Fortran order, and C order is wanted (numpy.ascontiguousarray)");
        if (header.Shape is not [long rows, long dimensions])
            throw Messages.NpyMalformed(path, $"it has {header.Shape.Length} dimensions, and the shape [rows, dimensions] is wanted");
        if (rows is < 1 or > MaxRows || dimensions is < 1 or > MaxDimensions)
            throw Messages.NpyMalformed(path, $"its shape [{rows}, {dimensions}] is empty or beyond all measure");
        return (rows, (int)dimensions);
    }

    private static bool TryFill(SafeFileHandle file, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int got = RandomAccess.Read(file, destination, offset);
            if (got == 0)
                return false;
            destination = destination[got..];
            offset += got;
        }
        return true;
    }
}
