using Shouldly;
using Xunit;

namespace Latchkey.App.Tests.VideoCreation;

public class VideoNoticeTests
{
    private const string Key = "a-real-key-of-api-video";

    [Fact]
    public async Task Can_read_at_the_start_that_a_key_of_apivideo_is_not_used()
    {
        await using var app = await AppHost.StartAsync((AppSettings.ApiVideoKey, Key));

        app.Host.Logs.ShouldContain(line => line.Text.Contains("APIVIDEO_API_KEY is set", StringComparison.Ordinal));
        app.Host.Logs.ShouldAllBe(line => !line.Text.Contains(Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Can_start_without_a_word_about_it()
    {
        await using var app = await AppHost.StartAsync();

        app.Host.Logs.ShouldAllBe(line => !line.Category.StartsWith("Latchkey.App", StringComparison.Ordinal));
    }
}
