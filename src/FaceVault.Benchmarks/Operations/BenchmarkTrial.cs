using System.Reflection;
using BenchmarkDotNet.Attributes;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary><c>trial [CLASS]</c>: runs every benchmark of BenchmarkDotNet once in this process, over small galleries and vaults, so that each is known to run and to check itself. Times nothing.</summary>
internal static class BenchmarkTrial
{
    /// <summary>Used for every parameter that says how much there is.</summary>
    private const int Small = 4000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        foreach (Type type in typeof(BenchmarkTrial).Assembly.GetTypes().OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            MethodInfo[] benchmarks = Marked<BenchmarkAttribute>(type);
            if (benchmarks.Length == 0 || (arguments.Length > 0 && arguments[0] != type.Name))
                continue;
            if (type.GetCustomAttribute<MemoryDiagnoserAttribute>() is null)
                throw new InvalidOperationException($"{type.Name} shows no allocations.");
            foreach ((string label, object instance) in Instances(type))
                await RunAsync(type, instance, benchmarks, label);
        }

        return 0;
    }

    private static async Task RunAsync(Type type, object instance, MethodInfo[] benchmarks, string label)
    {
        await InvokeAllAsync(instance, Marked<GlobalSetupAttribute>(type));
        try
        {
            foreach (MethodInfo benchmark in benchmarks)
            {
                await InvokeAllAsync(instance, Marked<IterationSetupAttribute>(type).Where(setup => IsFor(setup.GetCustomAttribute<IterationSetupAttribute>()!, benchmark)));
                await InvokeAllAsync(instance, [benchmark]);
                Console.WriteLine($"{type.Name}.{benchmark.Name} {label}".TrimEnd());
            }
        }
        finally
        {
            await InvokeAllAsync(instance, Marked<GlobalCleanupAttribute>(type));
        }
    }

    private static bool IsFor(TargetedAttribute setup, MethodInfo benchmark) => setup.Targets.Length == 0 || setup.Targets.Contains(benchmark.Name);

    private static async Task InvokeAllAsync(object instance, IEnumerable<MethodInfo> methods)
    {
        foreach (MethodInfo method in methods)
            if (method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, null, null) is Task task)
                await task;
    }

    /// <summary>One instance for each combination of parameters, and what to call it.</summary>
    private static IEnumerable<(string Label, object Instance)> Instances(Type type)
    {
        IEnumerable<(PropertyInfo Property, object? Value)[]> combinations = [[]];
        foreach (PropertyInfo property in type.GetProperties().Where(p => p.GetCustomAttribute<ParamsAttribute>() is not null))
        {
            object?[] values = property.Name is "Templates" or "Consents" ? [Small] : property.GetCustomAttribute<ParamsAttribute>()!.Values;
            combinations = combinations.SelectMany(chosen => values.Select(value => ((PropertyInfo, object?)[])[.. chosen, (property, value)]));
        }

        foreach ((PropertyInfo Property, object? Value)[] chosen in combinations)
        {
            object instance = Activator.CreateInstance(type)!;
            foreach ((PropertyInfo property, object? value) in chosen)
                property.SetValue(instance, value);
            yield return (string.Join(", ", chosen.Select(c => Text($"{c.Property.Name} {c.Value}"))), instance);
        }
    }

    private static MethodInfo[] Marked<TAttribute>(Type type)
        where TAttribute : Attribute => [.. type.GetMethods().Where(method => method.GetCustomAttribute<TAttribute>() is not null)];
}
