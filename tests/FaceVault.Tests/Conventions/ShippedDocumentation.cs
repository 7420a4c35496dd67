using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace FaceVault.Tests.Conventions;

/// <summary>The documentation file beside an assembly, and the public members that it has to speak of.</summary>
internal sealed class ShippedDocumentation(Assembly assembly)
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly Dictionary<string, XElement> entries = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
        .ToDictionary(member => (string)member.Attribute("name")!);

    public IEnumerable<Type> Types => assembly.GetExportedTypes().Where(type => !type.Name.Contains('<', StringComparison.Ordinal));

    /// <summary>What somebody wrote and a user may call or read: no accessors, nothing that the compiler adds to a record, and nothing that every object has.</summary>
    public IEnumerable<MemberInfo> Members => Types.SelectMany(type => type.GetMembers(Declared)).Where(IsWritten);

    public XElement? Find(MemberInfo member) => entries.GetValueOrDefault(IdOf(member)) ?? OfPositional(member);

    /// <summary>The text of one element, or of all of it, in one line.</summary>
    public string Text(MemberInfo member, params string[] elements) =>
        Find(member) is { } found ? string.Join(' ', found.Elements().Where(e => elements.Contains(e.Name.LocalName)).Select(Flat)) : "";

    /// <summary>Full names of the exceptions that a member says it throws.</summary>
    public IEnumerable<string> Exceptions(MemberInfo member) =>
        Find(member)?.Elements("exception").Select(e => ((string?)e.Attribute("cref") ?? "")[2..]) ?? [];

    public static string IdOf(MemberInfo member) => member switch
    {
        Type type => "T:" + NameOf(type),
        FieldInfo field => $"F:{NameOf(field.DeclaringType!)}.{field.Name}",
        PropertyInfo property => $"P:{NameOf(property.DeclaringType!)}.{property.Name}{ListOf(property.GetIndexParameters())}",
        ConstructorInfo constructor => $"M:{NameOf(constructor.DeclaringType!)}.#ctor{ListOf(constructor.GetParameters())}",
        MethodInfo method => $"M:{NameOf(method.DeclaringType!)}.{method.Name}{(method.IsGenericMethod ? "``" + method.GetGenericArguments().Length : "")}{ListOf(method.GetParameters())}",
        _ => throw new NotSupportedException(member.MemberType.ToString()),
    };

    private static string Flat(XElement element) =>
        string.Join(' ', string.Concat(element.DescendantNodes().Select(node => node is XText text ? text.Value : node is XElement { IsEmpty: true } see ? Referred(see) : "")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Referred(XElement see) => ((string?)see.Attribute("cref") ?? (string?)see.Attribute("name") ?? (string?)see.Attribute("langword") ?? "").Split('(')[0].Split('.', ':')[^1];

    /// <summary>What a parameter of a record says stands at its type.</summary>
    private XElement? OfPositional(MemberInfo member) =>
        member is PropertyInfo && entries.GetValueOrDefault(IdOf(member.DeclaringType!))?.Elements("param").FirstOrDefault(e => (string?)e.Attribute("name") == member.Name) is { } said
            ? new XElement("member", new XElement("summary", said.Nodes())) : null;

    private static bool IsWritten(MemberInfo member) => member switch
    {
        Type => false, // nested ones are among the types
        MethodInfo method => !method.IsSpecialName && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !IsOfEveryObject(method) && !method.Name.StartsWith("get_", StringComparison.Ordinal),
        FieldInfo field => !field.IsSpecialName,
        ConstructorInfo constructor => constructor.GetParameters().Length > 0,
        _ => true,
    };

    private static bool IsOfEveryObject(MethodInfo method) =>
        method.Name is "Equals" or "GetHashCode" or "Dispose" or "DisposeAsync" || method is { Name: "ToString" } && method.GetParameters().Length == 0;

    private static string ListOf(ParameterInfo[] parameters) => parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(p => NameOf(p.ParameterType)))})";

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
            return NameOf(type.GetElementType()!) + "@";
        if (type.IsArray)
            return NameOf(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter)
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        if (!type.IsConstructedGenericType)
            return type.FullName!.Replace('+', '.');
        string open = type.GetGenericTypeDefinition().FullName!.Replace('+', '.');
        return $"{open[..open.IndexOf('`', StringComparison.Ordinal)]}{{{string.Join(',', type.GetGenericArguments().Select(NameOf))}}}";
    }
}
