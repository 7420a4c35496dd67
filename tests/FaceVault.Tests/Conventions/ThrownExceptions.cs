using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace FaceVault.Tests.Conventions;

/// <summary>The exceptions that a member makes in its own instructions, or in those of helpers of its own type: with a constructor, a factory of <c>Error</c>, or a guard of the framework.</summary>
/// <remarks>What other types throw on its behalf is not seen. A null or empty argument is not counted: that it is refused goes without saying.</remarks>
internal static class ThrownExceptions
{
    private const int Depth = 3;

    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xffff);

    public static IReadOnlySet<Type> Of(MemberInfo member)
    {
        var found = new HashSet<Type>();
        foreach (MethodBase method in (IEnumerable<MethodBase>)(member is PropertyInfo property ? property.GetAccessors() : [(MethodBase)member]))
            Visit(method, Depth, found);
        return found;
    }

    private static void Visit(MethodBase method, int depth, HashSet<Type> found)
    {
        MethodBase body = method.GetCustomAttribute<StateMachineAttribute>() is { StateMachineType: var machine }
            ? machine.GetMethod("MoveNext", BindingFlags.NonPublic | BindingFlags.Instance)! : method;
        foreach ((MethodBase called, bool isNew) in Called(body))
        {
            if (isNew)
                Add(found, called.DeclaringType!);
            else if (called.Name.StartsWith("ThrowIf", StringComparison.Ordinal) && typeof(Exception).IsAssignableFrom(called.DeclaringType))
                Add(found, called.Name.StartsWith("ThrowIfNull", StringComparison.Ordinal) ? typeof(ArgumentNullException) : called.DeclaringType!);
            else if (called.DeclaringType!.Name == "Error")
                Add(found, ((MethodInfo)called).ReturnType);
            else if (depth > 1 && called.DeclaringType == method.DeclaringType && !called.IsPublic)
                Visit(called, depth - 1, found);
        }
    }

    private static void Add(HashSet<Type> found, Type made)
    {
        if (typeof(Exception).IsAssignableFrom(made) && made != typeof(ArgumentNullException))
            found.Add(made);
    }

    private static IEnumerable<(MethodBase Method, bool IsNew)> Called(MethodBase body)
    {
        byte[] il = body.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int at = 0; at < il.Length;)
        {
            OpCode code = il[at] == 0xfe ? Codes[0xfe00 | il[at + 1]] : Codes[il[at]];
            at += code.Size;
            if (code.OperandType == OperandType.InlineMethod)
                yield return (body.Module.ResolveMethod(BitConverter.ToInt32(il, at), body.DeclaringType!.GetGenericArguments(), body is MethodInfo { IsGenericMethod: true } ? body.GetGenericArguments() : null)!, code == OpCodes.Newobj);
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
                _ => 4,
            };
        }
    }
}
