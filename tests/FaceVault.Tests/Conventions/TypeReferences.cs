using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace FaceVault.Tests.Conventions;

/// <summary>What every outermost type of a compiled assembly mentions, read from metadata and instructions: bases, members, signatures, locals, handlers, calls, attributes, of nested and compiler-made types too.</summary>
internal sealed class TypeReferences : IDisposable
{
    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xffff);

    private readonly PEReader pe;
    private readonly MetadataReader metadata;
    private readonly Names names;
    private HashSet<string> found = [];

    public TypeReferences(string assemblyPath)
    {
        pe = new PEReader(File.OpenRead(assemblyPath));
        metadata = pe.GetMetadataReader();
        names = new Names(this);
    }

    /// <summary>Outermost type (namespace and name) → outermost types it mentions.</summary>
    public SortedDictionary<string, HashSet<string>> Read()
    {
        var result = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            string outermost = NameOf(handle);
            if (!result.TryGetValue(outermost, out HashSet<string>? set))
                result[outermost] = set = [];
            found = set;
            Visit(metadata.GetTypeDefinition(handle));
            set.Remove(outermost);
        }

        return result;
    }

    /// <summary>Outermost types that contain a method implemented by native code.</summary>
    public IReadOnlySet<string> NativeCallers() =>
        metadata.MethodDefinitions.Select(metadata.GetMethodDefinition)
            .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            .Select(method => NameOf(method.GetDeclaringType())).ToHashSet();

    public void Dispose() => pe.Dispose();

    private void Visit(TypeDefinition type)
    {
        Visit(type.BaseType);
        Visit(type.GetCustomAttributes());
        Visit(type.GetGenericParameters());
        foreach (InterfaceImplementationHandle handle in type.GetInterfaceImplementations())
            Visit(metadata.GetInterfaceImplementation(handle).Interface);
        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            FieldDefinition field = metadata.GetFieldDefinition(handle);
            Visit(field.GetCustomAttributes());
            field.DecodeSignature(names, null);
        }

        foreach (PropertyDefinitionHandle handle in type.GetProperties())
            Visit(metadata.GetPropertyDefinition(handle).GetCustomAttributes());
        foreach (MethodDefinitionHandle handle in type.GetMethods())
            Visit(metadata.GetMethodDefinition(handle));
    }

    private void Visit(MethodDefinition method)
    {
        Visit(method.GetCustomAttributes());
        Visit(method.GetGenericParameters());
        method.DecodeSignature(names, null);
        foreach (ParameterHandle handle in method.GetParameters())
            Visit(metadata.GetParameter(handle).GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
            return;
        MethodBodyBlock body = pe.GetMethodBody(method.RelativeVirtualAddress);
        Visit(body.LocalSignature);
        foreach (ExceptionRegion region in body.ExceptionRegions)
            Visit(region.CatchType);
        VisitInstructions(body.GetILReader());
    }

    private void VisitInstructions(BlobReader il)
    {
        while (il.RemainingBytes > 0)
        {
            int value = il.ReadByte();
            if (value == 0xfe)
                value = 0xfe00 | il.ReadByte();
            switch (Codes[value].OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    il.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    il.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    il.Offset += 8;
                    break;
                case OperandType.InlineSwitch:
                    int targets = il.ReadInt32();
                    il.Offset += 4 * targets;
                    break;
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok or OperandType.InlineSig:
                    Visit(MetadataTokens.EntityHandle(il.ReadInt32()));
                    break;
                default:
                    il.Offset += 4;
                    break;
            }
        }
    }

    private void Visit(EntityHandle handle)
    {
        if (handle.IsNil)
            return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition or HandleKind.TypeReference:
                found.Add(NameOf(handle));
                break;
            case HandleKind.TypeSpecification:
                metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(names, null);
                break;
            case HandleKind.MethodDefinition:
                found.Add(NameOf(metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType()));
                break;
            case HandleKind.FieldDefinition:
                found.Add(NameOf(metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType()));
                break;
            case HandleKind.MemberReference:
                Visit(metadata.GetMemberReference((MemberReferenceHandle)handle));
                break;
            case HandleKind.MethodSpecification:
                MethodSpecification specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Visit(specification.Method);
                specification.DecodeSignature(names, null);
                break;
            case HandleKind.StandaloneSignature:
                StandaloneSignature signature = metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle);
                if (signature.GetKind() == StandaloneSignatureKind.LocalVariables)
                    signature.DecodeLocalSignature(names, null);
                else
                    signature.DecodeMethodSignature(names, null);
                break;
        }
    }

    private void Visit(MemberReference member)
    {
        Visit(member.Parent);
        if (member.GetKind() == MemberReferenceKind.Field)
            member.DecodeFieldSignature(names, null);
        else
            member.DecodeMethodSignature(names, null);
    }

    private void Visit(CustomAttributeHandleCollection attributes)
    {
        foreach (CustomAttributeHandle handle in attributes)
            Visit(metadata.GetCustomAttribute(handle).Constructor);
    }

    private void Visit(GenericParameterHandleCollection parameters)
    {
        foreach (GenericParameterHandle handle in parameters)
        {
            foreach (GenericParameterConstraintHandle constraint in metadata.GetGenericParameter(handle).GetConstraints())
                Visit(metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private string NameOf(EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeDefinition)
        {
            TypeDefinition definition = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
            while (!definition.GetDeclaringType().IsNil)
                definition = metadata.GetTypeDefinition(definition.GetDeclaringType());
            return Join(definition.Namespace, definition.Name);
        }

        TypeReference reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
        while (reference.ResolutionScope.Kind == HandleKind.TypeReference)
            reference = metadata.GetTypeReference((TypeReferenceHandle)reference.ResolutionScope);
        return Join(reference.Namespace, reference.Name);
    }

    private string Join(StringHandle space, StringHandle name) =>
        space.IsNil ? metadata.GetString(name) : metadata.GetString(space) + "." + metadata.GetString(name);

    /// <summary>Collects the named types of a signature; the decoded value itself is of no interest.</summary>
    private sealed class Names(TypeReferences owner) : ISignatureTypeProvider<object?, object?>
    {
        public object? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Add(handle);

        public object? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Add(handle);

        public object? GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public object? GetArrayType(object? elementType, ArrayShape shape) => null;

        public object? GetByReferenceType(object? elementType) => null;

        public object? GetFunctionPointerType(MethodSignature<object?> signature) => null;

        public object? GetGenericInstantiation(object? genericType, ImmutableArray<object?> typeArguments) => null;

        public object? GetGenericMethodParameter(object? genericContext, int index) => null;

        public object? GetGenericTypeParameter(object? genericContext, int index) => null;

        public object? GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;

        public object? GetPinnedType(object? elementType) => null;

        public object? GetPointerType(object? elementType) => null;

        public object? GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

        public object? GetSZArrayType(object? elementType) => null;

        private object? Add(EntityHandle handle)
        {
            owner.found.Add(owner.NameOf(handle));
            return null;
        }
    }
}
