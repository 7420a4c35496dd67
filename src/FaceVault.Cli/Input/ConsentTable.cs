using System.Text.Json;

namespace FaceVault.Cli.Input;

/// <summary>
/// A consents table: <c>identity,consent,subject,given,expires,noticeSha256,form,ageBand,interaction,evidenceSha256</c> and, where an age band asks for them, <c>guardian</c> and <c>ageBandEnds</c>.
/// An empty field is a missing member, which the vault refuses with its rule; the notice counts as shown when the consent was given.
/// </summary>
internal static class ConsentTable
{
    private static readonly string[] Required = ["identity", "consent", "subject", "given", "expires", "noticeSha256", "form", "ageBand", "interaction", "evidenceSha256"];

    private static readonly (string Column, string Member)[] Members =
        [("consent", "id"), ("subject", "subject"), ("given", "given"), ("expires", "expires"), ("form", "form"), ("ageBand", "ageBand"),
         ("ageBandEnds", "ageBandEnds"), ("guardian", "guardian"), ("interaction", "interaction"), ("evidenceSha256", "evidenceSha256")];

    /// <summary>Reads the grants of a purpose by identity.</summary>
    public static Dictionary<string, ConsentGrant> Read(string path, Purpose purpose)
    {
        using CsvReader csv = CsvReader.Open(path, Required, ["guardian", "ageBandEnds"]);
        int identityColumn = csv.Column("identity");
        var grants = new Dictionary<string, ConsentGrant>(StringComparer.Ordinal);
        while (csv.Read() is { } fields)
        {
            string identity = fields[identityColumn];
            if (identity.Length == 0)
                throw Messages.CsvMalformed(path, csv.Line, "its identity is empty");
            if (!grants.TryAdd(identity, Grant(path, csv, fields, purpose)))
                throw Messages.CsvMalformed(path, csv.Line, "its identity has a consent on an earlier line, and one consent holds all templates of a person for a purpose");
        }
        return grants;
    }

    /// <summary>Goes through the JSON form, so that a field is read here exactly as in a grant file.</summary>
    private static ConsentGrant Grant(string path, CsvReader csv, string[] fields, Purpose purpose)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("purpose", purpose.Id.Value);
            foreach ((string column, string member) in Members)
            {
                if (csv.Column(column) is >= 0 and var at && fields[at].Length > 0)
                    json.WriteString(member, fields[at]);
            }
            if (fields[csv.Column("noticeSha256")] is { Length: > 0 } notice)
            {
                json.WriteStartObject("notice");
                if (purpose.Notice is { Language: { } language })
                    json.WriteString("language", language);
                json.WriteString("sha256", notice);
                if (fields[csv.Column("given")] is { Length: > 0 } given)
                    json.WriteString("shown", given);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        try
        {
            return ConsentGrant.FromJson(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        }
        catch (FormatException e)
        {
            throw Messages.CsvMalformed(path, csv.Line, e.Message.TrimEnd('.'));
        }
    }
}
