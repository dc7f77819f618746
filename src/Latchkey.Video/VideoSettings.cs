using System.Globalization;
using Latchkey.Platform.Settings;
using Latchkey.Video.Encoding;

namespace Latchkey.Video;

/// <summary>Every environment variable that the module reads.</summary>
public static class VideoSettings
{
    private const long GiB = 1024L * 1024 * 1024;

    public static Setting DiscardDays { get; } =
        new()
        {
            Name = "VIDEO_DISCARD_DAYS",
            Module = VideoModule.Prefix,
            Default = "90",
            Enables = new(
                "How many days a deleted video's source and segments stay, so that it could be restored. 0 removes them at once.",
                "Сколько дней хранятся исходник и сегменты удалённого видео, чтобы его можно было восстановить. 0 — удалять сразу."
            ),
            WhenMissing = new("Deleted videos are kept for 90 days.", "Удалённые видео хранятся 90 дней."),
            Source = new("Your own choice, 0 to 3650.", "Выберите сами, от 0 до 3650."),
            Validate = SettingRules.NumberBetween(0, 3650),
        };

    public static Setting MaxSingleUpload { get; } =
        new()
        {
            Name = "VIDEO_MAX_SINGLE_UPLOAD",
            Module = VideoModule.Prefix,
            Default = (50 * GiB).ToString(CultureInfo.InvariantCulture),
            Enables = new(
                "The largest source in bytes that is taken: in one request, in all parts together, or from a URL.",
                "Наибольший размер исходника в байтах: одним запросом, всеми частями вместе или по URL."
            ),
            WhenMissing = new("The limit is 50 GiB.", "Предел — 50 ГиБ."),
            Source = new("Your own choice, at least 5242880 (5 MiB).", "Выберите сами, не меньше 5242880 (5 МиБ)."),
            Validate = SettingRules.NumberBetween(5 * 1024 * 1024, 1024 * GiB),
        };

    public static Setting MinFreeDisk { get; } =
        new()
        {
            Name = "VIDEO_MIN_FREE_DISK",
            Module = VideoModule.Prefix,
            Default = GiB.ToString(CultureInfo.InvariantCulture),
            Enables = new(
                "How many bytes of the data folder's disk are kept free. Below that, uploads are refused with 507 and background encoding pauses; both go on by themselves when there is room again. 0 keeps nothing free.",
                "Сколько байт на диске с данными всегда остаётся свободными. Когда свободно меньше, загрузки отклоняются с кодом 507, а фоновое кодирование приостанавливается; всё продолжится само, когда место появится. 0 — не оставлять ничего."
            ),
            WhenMissing = new("1 GiB is kept free.", "Свободным остаётся 1 ГиБ."),
            Source = new("Your own choice, 0 or more.", "Выберите сами, 0 или больше."),
            Validate = SettingRules.NumberBetween(0, 1024 * 1024 * GiB),
        };

    public static Setting ProductionLimits { get; } =
        Limits(
            "VIDEO_RATE_LIMITS",
            "6000/12000/60000",
            new(
                "Requests a minute that one production key may make: uploads/writes/reads. 0 is without limit.",
                "Сколько запросов в минуту можно делать с одним ключом production: загрузки/изменения/чтения. 0 — без ограничения."
            )
        );

    public static Setting SandboxLimits { get; } =
        Limits(
            "VIDEO_SANDBOX_RATE_LIMITS",
            "600/1200/6000",
            new(
                "The same for sandbox keys: uploads/writes/reads a minute.",
                "То же для ключей sandbox: загрузки/изменения/чтения в минуту."
            )
        );

    public static Setting EncodingSlots { get; } =
        new()
        {
            Name = "VIDEO_ENCODING_SLOTS",
            Module = VideoModule.Prefix,
            Default = "0",
            Enables = new(
                "How many ffmpeg runs encode in the background at once; 0 chooses one for every four cores. One more is kept for segments that a viewer waits for, and one for posters and MP4 files.",
                "Сколько запусков ffmpeg кодируют в фоне одновременно; 0 — по одному на каждые четыре ядра. Ещё один всегда оставлен для сегментов, которых ждёт зритель, и один — для обложек и файлов MP4."
            ),
            WhenMissing = new("One run for every four cores.", "По одному запуску на четыре ядра."),
            Source = new("Your own choice, 0 to 64.", "Выберите сами, от 0 до 64."),
            Validate = SettingRules.NumberBetween(0, 64),
        };

    public static Setting EncodingLadder { get; } =
        new()
        {
            Name = "VIDEO_LADDER",
            Module = VideoModule.Prefix,
            Default = string.Join(',', Ladder.Steps.Select(step => step.Name)),
            Enables = new(
                "Which qualities are encoded, never above the source's own. What can be copied from the source is offered besides, as it costs nothing. Videos that are encoded stay as they are until `latchkey video reencode`.",
                "Какие качества кодируются, но не выше качества исходника. То, что можно взять из исходника без кодирования, предлагается в любом случае: это ничего не стоит. Готовые видео остаются прежними до `latchkey video reencode`."
            ),
            WhenMissing = new("All of them are.", "Кодируются все."),
            Source = new(
                "Your own choice, separated by commas: " + string.Join(", ", Ladder.Steps.Select(step => step.Name)) + ".",
                "Выберите сами, через запятую: " + string.Join(", ", Ladder.Steps.Select(step => step.Name)) + "."
            ),
            Validate = Ladder.Validate,
        };

    public static IReadOnlyList<Setting> All { get; } =
    [EncodingSlots, EncodingLadder, DiscardDays, MaxSingleUpload, MinFreeDisk, ProductionLimits, SandboxLimits];

    private static Setting Limits(string name, string standard, LocalizedText enables) =>
        new()
        {
            Name = name,
            Module = VideoModule.Prefix,
            Default = standard,
            Enables = enables,
            WhenMissing = new($"The limits are {standard}.", $"Действуют пределы {standard}."),
            Source = new("Three whole numbers with slashes between them.", "Три целых числа через косую черту."),
            Validate = value =>
                Authentication.RequestLimits.TryRead(value, out _)
                    ? null
                    : new(
                        "must be three whole numbers with slashes between them, such as 100/200/500",
                        "должно быть тремя целыми числами через косую черту, например 100/200/500"
                    ),
        };
}
