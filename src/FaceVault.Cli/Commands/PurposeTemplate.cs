namespace FaceVault.Cli.Commands;

/// <summary>The definition that <c>purpose template</c> prints: valid as it stands, so that each line can be changed one at a time.</summary>
internal static class PurposeTemplate
{
    public const string Json =
        """
        {
          "id": "door",
          "kind": "identification",
          "description": "Opens the staff entrance for people who work here.",
          "necessity": "Two hundred people pass at shift change and cards are passed on; see security concept 4.2.",
          "models": [
            { "name": "mobilefacenet", "dimensions": 512, "encoding": "int8" }
          ],
          "maxRetention": "P1Y",
          "evidenceRetention": "P3Y",
          "alternatives": [
            "A staff card with a PIN at the same entrance."
          ],
          "assessment": "Impact assessment IA-2026-014",
          "notice": {
            "language": "en",
            "sha256": "0000000000000000000000000000000000000000000000000000000000000000"
          },
          "profile": "baseline"
        }

        """;
}
