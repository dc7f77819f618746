using System.Reflection;
using System.Runtime.CompilerServices;
using Latchkey.Platform;
using Shouldly;
using Xunit;

namespace Latchkey.Architecture.Tests;

/// <summary>How types are declared and named.</summary>
public class TypeTests
{
    /// <summary>Words that say nothing about what a type is.</summary>
    private static readonly string[] EmptyWords = ["Service", "Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Base"];

    private static readonly IReadOnlyList<Type> Types =
    [
        .. new[] { "latchkey", "Latchkey.Platform" }
            .Concat(Repository.Modules)
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(IsHandWritten),
    ];

    [Fact]
    public void Cannot_leave_a_class_open_for_inheritance() =>
        Types
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false })
            .Where(type => !Types.Any(other => other.BaseType == type))
            .Select(type => type.FullName)
            .ShouldBeEmpty();

    [Fact]
    public void Cannot_show_more_of_a_module_than_its_surface() =>
        Types
            .Where(type => Repository.Modules.Contains(type.Assembly.GetName().Name) && type is { IsPublic: true, IsClass: true })
            .Where(type => !typeof(IModule).IsAssignableFrom(type) && !IsRecord(type) && !IsStatic(type) && !IsException(type))
            .Select(type => type.FullName)
            .ShouldBeEmpty();

    [Fact]
    public void Cannot_name_a_type_with_a_word_that_says_nothing() =>
        Types
            .Where(type => EmptyWords.Any(word => WithoutArity(type).EndsWith(word, StringComparison.Ordinal)))
            .Select(type => type.FullName)
            .ShouldBeEmpty();

    private static bool IsHandWritten(Type type) =>
        !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && !type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
        && type.Namespace?.StartsWith("Latchkey", StringComparison.Ordinal) == true
        && !type.Namespace.EndsWith("Migrations", StringComparison.Ordinal)
        && !type.Name.Contains('<', StringComparison.Ordinal);

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static bool IsStatic(Type type) => type is { IsAbstract: true, IsSealed: true };

    private static bool IsException(Type type) => typeof(Exception).IsAssignableFrom(type);

    private static string WithoutArity(Type type) => type.Name.Split('`')[0];
}
