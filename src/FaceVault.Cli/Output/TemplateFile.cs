using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace FaceVault.Cli.Output;

/// <summary>
/// A new file of templates in the clear, a line each: <c>{"v":1,"model":"…","dimensions":64,"template":[0.125,…]}</c>, each number in its shortest spelling that reads back to the same float32.
/// Only its owner may read it. The numbers go through one buffer, which is wiped; what was not completed is removed.
/// </summary>
internal sealed class TemplateFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(4096, pinned: true);
    private bool _isComplete;

    private TemplateFile(string path, FileStream file) => (_path, _file) = (path, file);

    public static TemplateFile Create(string path)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new TemplateFile(path, new FileStream(path, options));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Messages.OutputUnwritable(path, e);
        }
    }

    /// <summary>Writes one template.</summary>
    public void Write(TemplateModel model, ReadOnlySpan<float> template)
    {
        try
        {
            _file.Write(System.Text.Encoding.UTF8.GetBytes($"{{\"v\":1,\"model\":\"{JsonEncodedText.Encode(model.Name)}\",\"dimensions\":{model.Dimensions},\"template\":["));
            int length = 0;
            for (int i = 0; i < template.Length; i++)
            {
                if (_buffer.Length - length < 32)
                {
                    _file.Write(_buffer.AsSpan(0, length));
                    length = 0;
                }
                if (i > 0)
                    _buffer[length++] = (byte)',';
                Utf8Formatter.TryFormat(template[i], _buffer.AsSpan(length), out int written);
                length += written;
            }
            _file.Write(_buffer.AsSpan(0, length));
            _file.Write("]}\n"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Messages.CopyUnwritable(_path, e);
        }
    }

    /// <summary>Flushes to the disk.</summary>
    public void Complete()
    {
        try
        {
            _file.Flush(flushToDisk: true);
            _isComplete = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Messages.CopyUnwritable(_path, e);
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        _file.Dispose();
        if (!_isComplete)
            File.Delete(_path);
    }
}
