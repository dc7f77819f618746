using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Latchkey.Platform.Data;

/// <summary>How times and enums stand in the columns, the same on every database.</summary>
internal sealed class StoredFormConvention : IPropertyAddedConvention
{
    public void ProcessPropertyAdded(IConventionPropertyBuilder propertyBuilder, IConventionContext<IConventionPropertyBuilder> context)
    {
        var type = Nullable.GetUnderlyingType(propertyBuilder.Metadata.ClrType) ?? propertyBuilder.Metadata.ClrType;

        if (type == typeof(DateTimeOffset))
            propertyBuilder.HasConversion(new UnixMilliseconds());
        else if (type.IsEnum && type.GetCustomAttribute<FlagsAttribute>() is null)
            propertyBuilder.HasConversion((ValueConverter)Activator.CreateInstance(typeof(EnumWord<>).MakeGenericType(type))!);
    }
}

internal sealed class UnixMilliseconds()
    : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(),
        milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
    );

/// <summary><c>InProgress</c> is stored as <c>in_progress</c>.</summary>
internal sealed class EnumWord<TEnum>() : ValueConverter<TEnum, string>(value => Words[value], word => Values[word])
    where TEnum : struct, Enum
{
    private static readonly Dictionary<TEnum, string> Words = Enum.GetValues<TEnum>()
        .ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    private static readonly Dictionary<string, TEnum> Values = Words.ToDictionary(pair => pair.Value, pair => pair.Key);
}
