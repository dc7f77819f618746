using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Latchkey.Platform.ApiDocuments;

/// <summary>Puts into a generated document what <see cref="ApiDocument"/> and <see cref="RouteDescriptions"/> say.</summary>
internal static partial class DocumentTransforms
{
    private const string JsonType = "application/json";
    private const string Form = "multipart/form-data";

    /// <param name="options">Of the document.</param>
    /// <param name="name">The module's name, which is its routes' group.</param>
    /// <param name="about">What the module says of it.</param>
    /// <param name="serverPath">The path below which the API is found.</param>
    public static void Apply(OpenApiOptions options, string name, ApiDocument about, string serverPath)
    {
        options.ShouldInclude = route => route.GroupName == name;
        options.AddSchemaTransformer(UseOneTypeForNumbers);

        if (about.FieldNames is { } names)
            options.AddSchemaTransformer((schema, _, _) => Rename(schema, names));

        options.AddOperationTransformer(DescribeAsync);
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                Introduce(document, about, serverPath);
                return Task.CompletedTask;
            }
        );
    }

    private static void Introduce(OpenApiDocument document, ApiDocument about, string serverPath)
    {
        document.Info = new OpenApiInfo
        {
            Title = about.Title,
            Version = about.Version,
            Description = about.Description,
        };
        // Not the addresses that the server listens on: callers come through others.
        document.Servers = [new OpenApiServer { Url = serverPath }];

        foreach (var security in about.Security)
            document.AddComponent<IOpenApiSecurityScheme>(
                security.Name,
                new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = security.Scheme,
                    Description = security.Description,
                }
            );
    }

    // Our JSON also reads numbers in quotes. Said in the document, that makes strings of numbers in generated clients.
    private static Task UseOneTypeForNumbers(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        if (schema.Type is { } type && (type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number)))
        {
            schema.Type = type & ~JsonSchemaType.String;
            schema.Pattern = null;
        }

        return Task.CompletedTask;
    }

    private static Task Rename(OpenApiSchema schema, JsonNamingPolicy names)
    {
        if (schema.Properties is { } fields)
            schema.Properties = fields.ToDictionary(field => names.ConvertName(field.Key), field => field.Value, StringComparer.Ordinal);

        if (schema.Required is { } required)
            schema.Required = required.Select(names.ConvertName).ToHashSet(StringComparer.Ordinal);

        return Task.CompletedTask;
    }

    private static async Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellation
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;

        AddPathParameters(operation, context.Description.RelativePath ?? "");

        foreach (var parameter in metadata.OfType<RouteParameter>())
            (operation.Parameters ??= []).Add(Parameter(parameter));

        if (metadata.OfType<RouteBody>().LastOrDefault() is { } body)
        {
            var schema = await context.GetOrCreateSchemaAsync(body.Type, parameterDescription: null, cancellation);
            document.AddComponent(body.Type.Name, schema);
            var reference = new OpenApiSchemaReference(body.Type.Name, document);
            string[] types = body.MayBeForm ? [JsonType, Form] : [JsonType];
            operation.RequestBody = Body(types, reference, body.IsRequired);
        }

        if (metadata.OfType<RouteFile>().LastOrDefault() is { } file)
            operation.RequestBody = Body([Form], FormOf(file), isRequired: true);

        if (metadata.OfType<RouteSecurity>().LastOrDefault() is { } security)
            operation.Security =
            [
                .. security.Names.Select(name => new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(name, document)] = [],
                }),
                .. security.IsOptional ? [new OpenApiSecurityRequirement()] : Array.Empty<OpenApiSecurityRequirement>(),
            ];
    }

    /// <summary>What a filter reads out of the path, and the handler does not bind, is a parameter too.</summary>
    private static void AddPathParameters(OpenApiOperation operation, string path)
    {
        foreach (var name in NameInPath().Matches(path).Select(match => match.Groups["name"].Value))
        {
            if (operation.Parameters?.Any(known => known.In == ParameterLocation.Path && known.Name == name) != true)
                (operation.Parameters ??= []).Add(
                    new OpenApiParameter
                    {
                        Name = name,
                        In = ParameterLocation.Path,
                        Required = true,
                        Schema = Text(),
                    }
                );
        }
    }

    private static OpenApiParameter Parameter(RouteParameter parameter) =>
        new()
        {
            Name = parameter.Name,
            In = parameter.IsHeader ? ParameterLocation.Header : ParameterLocation.Query,
            Description = parameter.Description,
            Required = parameter.IsRequired,
            Style = parameter.IsMap ? ParameterStyle.DeepObject : null,
            Explode = parameter.IsMap || parameter.IsList,
            Schema = SchemaOf(parameter),
        };

    private static OpenApiSchema SchemaOf(RouteParameter parameter) =>
        parameter switch
        {
            { IsMap: true } => new() { Type = JsonSchemaType.Object, AdditionalProperties = Text() },
            { IsList: true } => new() { Type = JsonSchemaType.Array, Items = Text() },
            { IsInteger: true } => new() { Type = JsonSchemaType.Integer, Format = "int32" },
            { Words.Count: > 0 } => new()
            {
                Type = JsonSchemaType.String,
                Enum = [.. parameter.Words.Select(word => JsonValue.Create(word))],
            },
            _ => Text(),
        };

    private static OpenApiSchema FormOf(RouteFile file)
    {
        var properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
        };

        foreach (var field in file.Fields)
            properties[field.Name] = Text(field.Description);

        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = properties,
            Required = new HashSet<string>(StringComparer.Ordinal) { "file" },
        };
    }

    private static OpenApiRequestBody Body(string[] contentTypes, IOpenApiSchema schema, bool isRequired) =>
        new()
        {
            Required = isRequired,
            Content = contentTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = schema }, StringComparer.Ordinal),
        };

    private static OpenApiSchema Text(string? description = null) => new() { Type = JsonSchemaType.String, Description = description };

    [GeneratedRegex(@"{(?<name>\w+)}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NameInPath();
}
