namespace FaceVault.Samples;

/// <summary>Stands for a small hardware device: a handful of named objects, each written whole or not at all, each erased for good. One opener at a time.</summary>
public sealed class Token
{
    private readonly SortedDictionary<string, byte[]> objects = new(StringComparer.Ordinal);

    /// <summary>False: pulled out. Nothing can be read or written.</summary>
    public bool IsPlugged { get; set; } = true;

    /// <summary>Who opened it for writing.</summary>
    public object? Owner { get; set; }

    /// <summary>Whether nothing was ever written, or all of it was erased.</summary>
    public bool IsBlank => objects.Count == 0;

    /// <summary>Every byte on it, for tests.</summary>
    public byte[] Dump() => [.. objects.SelectMany(o => System.Text.Encoding.UTF8.GetBytes(o.Key).Concat(o.Value))];

    /// <summary>The object, or null when there is none.</summary>
    public ReadOnlySpan<byte> Read(string name) => objects.TryGetValue(name, out byte[]? bytes) ? bytes : [];

    /// <summary>Writes the object; durable when it returns.</summary>
    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        Erase(name);
        objects[name] = bytes.ToArray();
    }

    /// <summary>Destroys the object; nothing of it is left when it returns.</summary>
    public void Erase(string name)
    {
        if (objects.Remove(name, out byte[]? bytes))
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
    }
}
