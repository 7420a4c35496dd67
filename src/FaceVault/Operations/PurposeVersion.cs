using FaceVault.Consents;
using FaceVault.Cryptography;

namespace FaceVault.Operations;

/// <summary>One version of a purpose: what was registered, and the models that it admits now. Immutable.</summary>
/// <remarks>
/// At rest the registered definition's canonical JSON; once models have changed behind it a LF and <c>{"admitted":[…],"retired":[…]}</c>, models as in the definition. The definition's own
/// bytes, over which the ledger's hash is taken, stay as they are.
/// </remarks>
internal sealed record PurposeVersion
{
    private const string Document = "list of a purpose's models";

    public PurposeVersion(Purpose registered)
        : this(registered, registered.Models, [])
    {
    }

    public PurposeVersion(Purpose registered, IReadOnlyList<TemplateModel> admitted, IReadOnlyList<TemplateModel> retired)
    {
        Registered = registered;
        Retired = retired;
        Known = [.. admitted, .. retired];
        Definition = admitted.SequenceEqual(registered.Models) ? registered : registered with { Models = admitted };
    }

    public Purpose Registered { get; }

    /// <summary>The definition with the models that are admitted now.</summary>
    public Purpose Definition { get; }

    /// <summary>The first is the current one.</summary>
    public IReadOnlyList<TemplateModel> Admitted => Definition.Models;

    /// <summary>Templates of them are kept and not used.</summary>
    public IReadOnlyList<TemplateModel> Retired { get; }

    /// <summary>Every model of which a template may be stored.</summary>
    public IReadOnlyList<TemplateModel> Known { get; }

    public byte[] ToRow()
    {
        byte[] definition = Registered.ToCanonicalJson();
        if (ReferenceEquals(Definition, Registered) && Retired.Count == 0)
            return definition;
        var json = new CanonicalJsonWriter(stackalloc byte[1024]);
        try
        {
            json.Raw("\n{\"admitted\":"u8);
            Purpose.WriteModels(ref json, Admitted);
            json.Raw(",\"retired\":"u8);
            Purpose.WriteModels(ref json, Retired);
            json.Raw("}"u8);
            return [.. definition, .. json.Written];
        }
        finally
        {
            json.Dispose();
        }
    }

    /// <summary>Reads what <see cref="ToRow"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static PurposeVersion FromRow(ReadOnlySpan<byte> row)
    {
        int line = row.IndexOf((byte)'\n');
        if (line < 0)
            return new PurposeVersion(Purpose.FromJson(row));
        StrictJson json = StrictJson.Root(row[(line + 1)..], Document, ["admitted", "retired"]);
        return new PurposeVersion(Purpose.FromJson(row[..line]), Purpose.ReadModels(json, "admitted", []), Purpose.ReadModels(json, "retired", []));
    }
}
