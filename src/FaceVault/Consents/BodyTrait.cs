using System.Text.RegularExpressions;

namespace FaceVault.Consents;

/// <summary>Tells an alternative that is another trait of the body (P3: SPC 10; CAC 10) from one that is not biometric. Only a text that says nothing else is one: <c>fingerprint reader</c>, <c>虹膜识别</c>.</summary>
internal static partial class BodyTrait
{
    /// <summary>Whether a text names traits of the body, and nothing beside them but what reads them.</summary>
    public static bool IsAll(string text) => Trait().IsMatch(text) && !Trait().Replace(Reader().Replace(text, " "), " ").Any(char.IsLetterOrDigit);

    [GeneratedRegex(@"\b(face|faces|facial|fingers?|fingerprints?|thumbprints?|iris|retina|palms?|palmprints?|veins?|voice|voiceprint|gait|biometrics?)\b|人脸|面部|指纹|指静脉|掌静脉|掌纹|虹膜|视网膜|声纹|步态|生物特征", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Trait();

    [GeneratedRegex(@"\b(readers?|scanners?|scans?|sensors?|recognition|verification|identification|authentication|terminals?|devices?|an?|the|by|with|or|and)\b|识别|验证|认证|扫描|打卡|门禁|设备|终端|仪|机|器|或|和", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Reader();
}
