using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace FaceVault.Tests.Conventions;

/// <summary>Public members as text, a line each, so that a change of what users call is seen as a change of a file.</summary>
internal static class SurfaceText
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(void)] = "void",
    };

    public static string Of(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } constant => $"{constant.DeclaringType!.Name}.{constant.Name} = {Value(constant.GetRawConstantValue())}",
        PropertyInfo property => $"{Owner(property)}{Index(property)} : {Name(property.PropertyType, Nullability.Create(property))} {{{Accessors(property)} }}{Static(property.GetMethod ?? property.SetMethod!)}",
        ConstructorInfo constructor => $"{constructor.DeclaringType!.Name}.new({List(constructor)})",
        MethodInfo method => $"{Owner(method)}{Arguments(method)}({List(method)}) : {Name(method.ReturnType, Nullability.Create(method.ReturnParameter))}{Static(method)}",
        _ => $"{member.DeclaringType!.Name}.{member.Name}",
    };

    private static string Owner(MemberInfo member) => $"{member.DeclaringType!.Name}.{member.Name}";

    private static string Static(MethodInfo method) => method.IsStatic ? ", static" : "";

    private static string Index(PropertyInfo property) => property.GetIndexParameters() is { Length: > 0 } index ? $"[{string.Join(", ", index.Select(Of))}]" : "";

    private static string Arguments(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(type => type.Name))}>" : "";

    private static string List(MethodBase method) => (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Of));

    private static string Of(ParameterInfo parameter) =>
        $"{(parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.IsDefined(typeof(ParamCollectionAttribute)) || parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Name(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{Default(parameter)}";

    private static string Default(ParameterInfo parameter) =>
        !parameter.HasDefaultValue ? "" : parameter.DefaultValue is null && parameter.ParameterType is { IsValueType: true } type && Nullable.GetUnderlyingType(type) is null ? " = default" : $" = {Value(parameter.DefaultValue)}";

    private static string Accessors(PropertyInfo property)
    {
        bool isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        return (property.GetMethod?.IsPublic == true ? " get;" : "") + (property.SetMethod?.IsPublic == true ? isInit ? " init;" : " set;" : "") + (property.IsDefined(typeof(RequiredMemberAttribute)) ? " required;" : "");
    }

    private static string Name(Type type, NullabilityInfo said)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!, said.ElementType ?? said);
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Plain(value) + "?";
        string name = type.IsArray ? Plain(type.GetElementType()!) + "[]"
            : type.IsConstructedGenericType && said.GenericTypeArguments.Length == type.GetGenericArguments().Length
                ? $"{Open(type)}<{string.Join(", ", type.GetGenericArguments().Zip(said.GenericTypeArguments, Name))}>" : Plain(type);
        return !type.IsValueType && said.ReadState == NullabilityState.Nullable && !type.IsGenericParameter ? name + "?" : name;
    }

    private static string Plain(Type type) => Keywords.GetValueOrDefault(type) ?? (type.IsConstructedGenericType ? $"{Open(type)}<{string.Join(", ", type.GetGenericArguments().Select(Plain))}>" : type.Name);

    private static string Open(Type type) => type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];

    private static string Value(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        string text => text.Contains('\n', StringComparison.Ordinal) ? "…" : $"\"{text}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
