using System.CommandLine;
using Latchkey.Platform.Settings;
using Latchkey.Video.Encoding;
using Latchkey.Wiring;

namespace Latchkey.Commands;

/// <summary><c>latchkey video reencode</c>; a server may run on the same data folder meanwhile, and takes it up.</summary>
internal static class VideoCommand
{
    public static Command Create() => new("video", "Work on videos.") { CreateReencode() };

    private static Command CreateReencode()
    {
        var id = new Argument<string?>("videoId") { Description = "The video's id (vi…).", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "All videos that anything was encoded of." };
        var command = new Command("reencode", "Encode again, as the settings are now (VIDEO_LADDER); it plays meanwhile.") { id, all };

        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(id) is { Length: > 0 })
                result.AddError("Name one video, or say --all.");
        });
        command.SetAction(
            (parsed, cancellation) =>
                WithVideosAsync(
                    (videos, terminal) =>
                        parsed.GetValue(all)
                            ? ReencodeAllAsync(videos, terminal, cancellation)
                            : ReencodeAsync(videos, parsed.GetValue(id)!, terminal, cancellation),
                    cancellation
                )
        );

        return command;
    }

    private static async Task<int> ReencodeAsync(IReencoding videos, string videoId, Terminal terminal, CancellationToken cancellation)
    {
        var complaint = await videos.RequestAsync(videoId, cancellation) switch
        {
            ReencodeAnswer.UnknownVideo => terminal.Say("There is no video with this id.", "Видео с таким id нет."),
            ReencodeAnswer.NothingEncoded => terminal.Say(
                "Nothing of this video is encoded yet, so there is nothing to encode again.",
                "Из этого видео ещё ничего не закодировано: кодировать заново нечего."
            ),
            _ => null,
        };

        if (complaint is not null)
        {
            await Console.Error.WriteLineAsync(complaint);

            return 1;
        }

        WriteRequested(terminal, 1);

        return 0;
    }

    private static async Task<int> ReencodeAllAsync(IReencoding videos, Terminal terminal, CancellationToken cancellation)
    {
        WriteRequested(terminal, await videos.RequestAllAsync(cancellation));

        return 0;
    }

    private static void WriteRequested(Terminal terminal, int count) =>
        terminal.Line(
            terminal.Say(
                $"Videos to encode again: {count}. A running server begins within 30 seconds, with the settings that it was started with.",
                $"Видео для повторного кодирования: {count}. Работающий сервер начнёт в течение 30 секунд, с настройками, с которыми он запущен."
            )
        );

    private static async Task<int> WithVideosAsync(Func<IReencoding, Terminal, Task<int>> work, CancellationToken cancellation)
    {
        var terminal = Terminal.Current();

        try
        {
            var settings = ProgramSettings.LoadOrRefuse(terminal.Language).Values;
            await using var data = await OfflineData.OpenAsync(settings, cancellation, services => services.AddReencoding());

            return await work(data.GetRequiredService<IReencoding>(), terminal);
        }
        catch (LatchkeyStartException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);

            return 1;
        }
    }
}
