using System.Globalization;
using Latchkey.Vpn.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Latchkey.Vpn.QrCodes;

/// <summary>What kind of picture is asked for, and of what.</summary>
/// <param name="Size">Pixels a side.</param>
internal sealed record QrRequest(bool IsSvg, bool IsOfSubscription, int Size)
{
    public const int SmallestSize = 200;
    public const int LargestSize = 2048;

    private const int StandardSize = 512;
    private const string Png = "png";
    private const string Svg = "svg";
    private const string Link = "link";
    private const string Subscription = "subscription";

    public static (QrRequest? Request, VpnProblem? Problem) Read(HttpRequest http)
    {
        var (format, of, size) = (http.Query["format"].ToString(), http.Query["of"].ToString(), http.Query["size"].ToString());
        var pixels = StandardSize;

        if (format is not ("" or Png or Svg))
            return Bad($"format must be {Png} or {Svg}");
        if (of is not ("" or Link or Subscription))
            return Bad($"of must be {Link} or {Subscription}");
        if (
            size.Length > 0
            && (
                !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out pixels)
                || pixels is < SmallestSize or > LargestSize
            )
        )
            return Bad($"size must be a whole number from {SmallestSize} to {LargestSize}");

        return (new QrRequest(format.Length == 0 ? PrefersSvg(http) : format == Svg, of == Subscription, pixels), null);
    }

    /// <summary>PNG is what every reader shows; SVG is for those who want it more.</summary>
    private static bool PrefersSvg(HttpRequest http)
    {
        var accepted = http.GetTypedHeaders().Accept;

        return QualityOf("image/svg+xml") > QualityOf("image/png");

        double QualityOf(string type)
        {
            var picture = new MediaTypeHeaderValue(type);

            return accepted.Where(range => picture.IsSubsetOf(range)).Select(range => range.Quality ?? 1).DefaultIfEmpty(0).Max();
        }
    }

    private static (QrRequest?, VpnProblem?) Bad(string what) => (null, VpnProblem.BadRequest(what));
}
