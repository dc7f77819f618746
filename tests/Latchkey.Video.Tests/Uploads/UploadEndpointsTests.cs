using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Latchkey.Testing;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Uploads;

public sealed class UploadEndpointsTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const int PartSize = ApiHost.PartSize;

    private ApiHost Api => shared.Api;

    [Theory]
    [InlineData(null)]
    [InlineData("part 1/1")]
    [InlineData("bytes 0-999/1000")]
    public async Task Can_upload_in_one_request(string? range)
    {
        var id = await Api.CreateVideoAsync("""{"title":"Kept"}""");

        var video = await Api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(1000), range);

        video.Text("videoId").ShouldBe(id);
        video.Text("title").ShouldBe("Kept");
        (await Api.ReadSourceAsync(id)).ShouldBe(ApiClient.Bytes(1000));
    }

    [Fact]
    public async Task Can_upload_parts_out_of_order_and_side_by_side()
    {
        var id = await Api.CreateVideoAsync();
        var whole = ApiClient.Bytes(4 * PartSize + 1234);

        await Task.WhenAll(
            new[] { 5, 2, 4, 1, 3 }.Select(part => Api.Client.UploadAsync($"/videos/{id}/source", Part(whole, part), $"part {part}/5"))
        );

        (await Api.ReadSourceAsync(id)).ShouldBe(whole);
    }

    [Fact]
    public async Task Can_upload_parts_of_unequal_sizes()
    {
        var id = await Api.CreateVideoAsync();
        byte[][] parts =
        [
            ApiClient.Bytes(PartSize, 1),
            ApiClient.Bytes(PartSize + 777, 2),
            ApiClient.Bytes(PartSize, 3),
            ApiClient.Bytes(PartSize + 1, 4),
            ApiClient.Bytes(10, 5),
        ];

        foreach (var part in new[] { 1, 3, 2, 5, 4 })
            await Api.Client.UploadAsync($"/videos/{id}/source", parts[part - 1], $"part {part}/5");

        (await Api.ReadSourceAsync(id)).ShouldBe([.. parts.SelectMany(part => part)]);
    }

    [Fact]
    public async Task Can_upload_while_the_number_of_parts_is_not_known()
    {
        var id = await Api.CreateVideoAsync();
        var whole = ApiClient.Bytes(2 * PartSize + 5);

        await Api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 1), "part 1/*");
        await Api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 2), "part 2/*");
        await Api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 3), "part 3/3");

        (await Api.ReadSourceAsync(id)).ShouldBe(whole);
    }

    [Fact]
    public async Task Can_upload_a_last_part_that_is_padded_to_full_size()
    {
        var id = await Api.CreateVideoAsync();
        var whole = ApiClient.Bytes(2 * PartSize);

        await Api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 1), "part 1/*");
        await Api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 2), "part 2/2");

        (await Api.ReadSourceAsync(id)).Length.ShouldBe(2 * PartSize);
    }

    [Fact]
    public async Task Can_upload_byte_ranges_in_any_order()
    {
        var id = await Api.CreateVideoAsync();
        var whole = ApiClient.Bytes(2 * PartSize + 100);
        var total = whole.Length;

        await Api.Client.UploadAsync($"/videos/{id}/source", whole[(2 * PartSize)..], $"bytes {2 * PartSize}-{total - 1}/{total}");
        await Api.Client.UploadAsync($"/videos/{id}/source", whole[..PartSize], $"bytes 0-{PartSize - 1}/{total}");

        var received = (await Api.Client.GetAsync($"/videos/{id}/status", HttpStatusCode.OK))
            .GetProperty("ingest")
            .GetProperty("receivedBytes");
        received[0].GetProperty("to").GetInt64().ShouldBe(PartSize - 1);
        received[1].GetProperty("total").GetInt64().ShouldBe(total);

        await Api.Client.UploadAsync(
            $"/videos/{id}/source",
            whole[PartSize..(2 * PartSize)],
            $"bytes {PartSize}-{2 * PartSize - 1}/{total}"
        );
        (await Api.ReadSourceAsync(id)).ShouldBe(whole);
    }

    [Theory]
    [InlineData("part one/2", "malformed")]
    [InlineData("bytes 0-/5", "malformed")]
    [InlineData("part 0/2", "by-part-part-zero")]
    [InlineData("part 1/0", "by-part-total-parts-zero")]
    [InlineData("part 10001/*", "by-part-part-too-high-allowed")]
    [InlineData("part 99999999999999999999/*", "by-part-part-too-high-allowed")]
    [InlineData("part 1/10001", "by-part-total-parts-too-high")]
    [InlineData("part 3/2", "by-part-part-too-high-total")]
    [InlineData("part 1/2", "by-part-uploaded-file-too-small")]
    [InlineData("part 1/*", "by-part-uploaded-file-too-small")]
    [InlineData("bytes 9-3/20", "by-bytes-from-byte-too-high")]
    [InlineData("bytes 0-20/20", "by-bytes-to-byte-too-high-total")]
    [InlineData("bytes 0-52428800000/*", "by-bytes-to-byte-too-high-allowed")]
    [InlineData("bytes 0-1/0", "by-bytes-total-bytes-zero")]
    [InlineData("bytes 0-1/52428800001", "by-bytes-total-bytes-too-high")]
    [InlineData("bytes 0-209715200/300000000", "by-bytes-range-too-large")]
    [InlineData("bytes 0-9/20", "by-bytes-range-too-small")]
    [InlineData("bytes 0-9/10", "by-bytes-range-mismatch")]
    [InlineData("bytes 0-19/20", "by-bytes-range-mismatch")]
    public async Task Cannot_upload_a_range_that_breaks_a_rule(string range, string problem)
    {
        var id = await Api.CreateVideoAsync();

        var answer = await Api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(15), range, HttpStatusCode.BadRequest);

        answer.ShouldBeProblem("video-content-range-" + problem);
        (await Api.Client.GetAsync($"/videos/{id}/status", HttpStatusCode.OK)).TryGetProperty("ingest", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("part 2/4", "by-part-part-already-sent")]
    [InlineData("part 1/5", "by-part-different-total-parts")]
    [InlineData("part 5/*", "by-part-part-too-high-total")]
    [InlineData("bytes 0-5242879/9000000", "started-with-part")]
    [InlineData(null, "already-initiated")]
    public async Task Cannot_upload_what_does_not_fit_the_parts_that_are_there(string? range, string problem)
    {
        var id = await Api.CreateVideoAsync();
        await Api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(PartSize), "part 2/4");

        var answer = await Api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(PartSize), range, HttpStatusCode.BadRequest);

        answer.ShouldBeProblem("video-content-range-" + problem);
    }

    [Fact]
    public async Task Cannot_name_a_total_below_a_part_that_is_there()
    {
        var id = await Api.CreateVideoAsync();
        await Api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(PartSize), "part 3/*");

        (await Api.Client.UploadAsync($"/videos/{id}/source", [1], "part 2/2", HttpStatusCode.BadRequest)).ShouldBeProblem(
            "video-content-range-by-part-total-parts-too-low"
        );
    }

    [Theory]
    [InlineData("bytes 0-5242879/12000000", "by-bytes-range-overlap")]
    [InlineData("bytes 6000000-11999999/13000000", "by-bytes-different-total-bytes")]
    [InlineData("bytes 12000000-18000000/*", "by-bytes-to-byte-too-high-total")]
    [InlineData("part 2/3", "started-with-bytes")]
    [InlineData(null, "already-initiated")]
    public async Task Cannot_upload_what_does_not_fit_the_ranges_that_are_there(string? range, string problem)
    {
        var id = await Api.CreateVideoAsync();
        await Api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(PartSize), "bytes 0-5242879/12000000");

        var answer = await Api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(PartSize), range, HttpStatusCode.BadRequest);

        answer.ShouldBeProblem("video-content-range-" + problem);
    }

    [Fact]
    public async Task Cannot_name_a_total_below_a_byte_that_is_there()
    {
        var id = await Api.CreateVideoAsync();
        await Api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(PartSize), $"bytes {PartSize}-{2 * PartSize - 1}/*");

        (await Api.Client.UploadAsync($"/videos/{id}/source", [1], "bytes 0-0/1", HttpStatusCode.BadRequest)).ShouldBeProblem(
            "video-content-range-by-bytes-total-bytes-too-low"
        );
    }

    [Fact]
    public async Task Cannot_upload_a_second_source()
    {
        var id = await Api.CreateVideoAsync();
        await Api.Client.UploadAsync($"/videos/{id}/source", [1, 2, 3], null);

        foreach (var range in new[] { null, "part 1/1", "bytes 0-0/1" })
            (await Api.Client.UploadAsync($"/videos/{id}/source", [1], range, HttpStatusCode.BadRequest)).ShouldBeProblem(
                "video-source-already-uploaded"
            );

        (await Api.ReadSourceAsync(id)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Cannot_upload_without_exactly_one_file_with_bytes()
    {
        var path = $"/videos/{await Api.CreateVideoAsync()}/source";
        using var none = new MultipartFormDataContent { { new StringContent("x"), "videoId" } };
        using var many = new MultipartFormDataContent
        {
            { new ByteArrayContent([1]), "a", "a.mp4" },
            { new ByteArrayContent([2]), "b", "b.mp4" },
        };

        (await ProblemOfAsync(path, none)).ShouldBeProblem("uploaded-file-no-file", "file");
        (await ProblemOfAsync(path, many)).ShouldBeProblem("uploaded-file-multiple-files", "file");
        (await Api.Client.UploadAsync(path, [], null, HttpStatusCode.BadRequest)).ShouldBeProblem("uploaded-file-empty", "file");
        (await Api.Client.SendJsonAsync(HttpMethod.Post, path, "{}", HttpStatusCode.BadRequest)).ShouldBeProblem(
            "uploaded-file-no-file",
            "file"
        );
        (await Api.Client.UploadAsync("/videos/vi0/source", [1], null, HttpStatusCode.NotFound)).ShouldBeProblem(
            "resource-not-found",
            "videoId"
        );
    }

    [Fact]
    public async Task Cannot_upload_more_than_the_server_takes_and_leaves_nothing_behind()
    {
        await using var api = await ApiHost.StartAsync(
            new RunningHostOptions().With(
                VideoSettings.MaxSingleUpload,
                PartSize.ToString(System.Globalization.CultureInfo.InvariantCulture)
            )
        );
        var one = await api.CreateVideoAsync();
        var two = await api.CreateVideoAsync();
        var large = ApiClient.Bytes(PartSize + 1);

        (await api.Client.UploadAsync($"/videos/{one}/source", large, null, HttpStatusCode.BadRequest)).ShouldBeProblem(
            "uploaded-file-too-large",
            "file"
        );
        api.StoredSourceFiles().ShouldBeEmpty();

        await api.Client.UploadAsync($"/videos/{two}/source", large[..PartSize], "part 1/2");
        (await api.Client.UploadAsync($"/videos/{two}/source", [1], "part 2/2", HttpStatusCode.BadRequest)).ShouldBeProblem(
            "uploaded-file-too-large",
            "file"
        );
    }

    [Fact]
    public async Task Can_repeat_a_part_whose_connection_broke()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await api.CreateVideoAsync();
        var whole = ApiClient.Bytes(2 * PartSize);

        await BreakOffAsync(api, $"/videos/{id}/source", "part 1/2");
        await WaitUntilAsync(() => api.StoredSourceFiles().Count == 0);

        await api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 1), "part 1/2");
        await api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 2), "part 2/2");

        (await api.ReadSourceAsync(id)).ShouldBe(whole);
        api.Host.Logs.ShouldNotContain(line => line.Level >= LogLevel.Warning && line.Category.StartsWith("Latchkey"));
    }

    [Fact]
    public async Task Can_repeat_a_part_while_its_first_request_hangs()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await api.CreateVideoAsync();
        var whole = ApiClient.Bytes(2 * PartSize);

        using var hanging = await BeginAsync(api, $"/videos/{id}/source", "part 1/2");
        await WaitUntilAsync(() => api.StoredSourceFiles().Count == 1);

        await api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 1), "part 1/2");
        await api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 2), "part 2/2");

        (await api.ReadSourceAsync(id)).ShouldBe(whole);
    }

    [Fact]
    public async Task Cannot_win_twice_with_the_same_part_at_once()
    {
        var id = await Api.CreateVideoAsync();
        var part = ApiClient.Bytes(PartSize);

        var statuses = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    using var form = ApiClient.Form(part, "film.mp4");
                    form.Headers.TryAddWithoutValidation("Content-Range", "part 1/2");
                    using var response = await Api.Client.PostAsync($"/videos/{id}/source", form);
                    return (response.StatusCode, Body: await response.Content.ReadAsStringAsync());
                })
        );

        statuses.Count(status => status.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        statuses
            .Where(status => status.StatusCode != HttpStatusCode.Created)
            .ShouldAllBe(status => status.Body.Contains("part-already-sent"));
        await Api.Client.UploadAsync($"/videos/{id}/source", [9], "part 2/2");
        (await Api.ReadSourceAsync(id)).ShouldBe([.. part, 9]);
    }

    [Fact]
    public async Task Can_go_on_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        var whole = ApiClient.Bytes(2 * PartSize + 3);
        string id;

        await using (var api = await ApiHost.StartAsync(new RunningHostOptions { DataPath = folder.Path }))
        {
            id = await api.CreateVideoAsync();
            await api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 2), "part 2/3");
        }

        await using (var api = await ApiHost.StartAsync(new RunningHostOptions { DataPath = folder.Path }))
        {
            await api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 3), "part 3/3");
            await api.Client.UploadAsync($"/videos/{id}/source", Part(whole, 1), "part 1/3");
            (await api.ReadSourceAsync(id)).ShouldBe(whole);
        }
    }

    private static byte[] Part(byte[] whole, int part) => whole[((part - 1) * PartSize)..Math.Min(part * PartSize, whole.Length)];

    private async Task<JsonElement> ProblemOfAsync(string path, HttpContent form)
    {
        using var response = await Api.Client.PostAsync(path, form);
        return await response.ReadAsync(HttpStatusCode.BadRequest);
    }

    private static async Task BreakOffAsync(ApiHost api, string path, string range)
    {
        using var connection = await BeginAsync(api, path, range);
        await WaitUntilAsync(() => api.StoredSourceFiles().Count == 1);
    }

    /// <summary>Sends the beginning of a part, and then nothing.</summary>
    private static async Task<TcpClient> BeginAsync(ApiHost api, string path, string range)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(api.Host.Address.Host, api.Host.Address.Port);

        var head =
            $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.Host.AdminKey}\r\nContent-Range: {range}\r\n"
            + $"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {PartSize + 1000}\r\n\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.mp4\"\r\n\r\n";

        await connection.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(head));
        await connection.GetStream().WriteAsync(new byte[ApiHost.MiB]);
        return connection;
    }

    private static Task WaitUntilAsync(Func<bool> condition) => Eventually.IsTrueAsync(condition);
}
