namespace FaceVault;

/// <summary>One rule that a request breaks, with the reason and what to do about it (PIPL article 50 asks for reasons). It never carries an identifier or the offending value.</summary>
/// <param name="Code">What was refused, stable across versions.</param>
/// <param name="Rule">The rule's number in the documentation, such as <c>C4</c>.</param>
/// <param name="Field">The member concerned, by its JSON name, such as <c>expires</c> or <c>models[0].dimensions</c>; empty when it is the request as a whole.</param>
/// <param name="Reason">A sentence: what is wrong.</param>
/// <param name="Remedy">A sentence: what helps.</param>
public sealed record Violation(ViolationCode Code, string Rule, string Field, string Reason, string Remedy);
