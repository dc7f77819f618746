const english = {
  player: 'Video player',
  play: 'Play',
  pause: 'Pause',
  replay: 'Replay',
  back: 'Back',
  seekBackward: 'Back 10 seconds',
  seekForward: 'Forward 10 seconds',
  seek: 'Seek',
  of: 'of',
  volume: 'Volume',
  mute: 'Mute',
  unmute: 'Unmute',
  captions: 'Subtitles',
  settings: 'Settings',
  quality: 'Quality',
  auto: 'Auto',
  speed: 'Speed',
  normal: 'Normal',
  audio: 'Audio',
  chapters: 'Chapters',
  off: 'Off',
  pictureInPicture: 'Picture in picture',
  fullscreen: 'Full screen',
  exitFullscreen: 'Exit full screen',
  download: 'Download',
  live: 'Live',
  processing: 'Processing…',
  processingHint: 'The video will start as soon as it is ready.',
  retry: 'Try again',
  notFound: 'This video does not exist, or its link has expired.',
  forbidden: 'This video is not available here.',
  network: 'The video cannot be loaded. Check your connection.',
  media: 'This video cannot be played.',
  unsupported: 'This browser cannot play the video.',
};

const russian: typeof english = {
  player: 'Видеоплеер',
  play: 'Смотреть',
  pause: 'Пауза',
  replay: 'Смотреть снова',
  back: 'Назад',
  seekBackward: 'Назад на 10 секунд',
  seekForward: 'Вперёд на 10 секунд',
  seek: 'Перемотка',
  of: 'из',
  volume: 'Громкость',
  mute: 'Выключить звук',
  unmute: 'Включить звук',
  captions: 'Субтитры',
  settings: 'Настройки',
  quality: 'Качество',
  auto: 'Авто',
  speed: 'Скорость',
  normal: 'Обычная',
  audio: 'Аудио',
  chapters: 'Главы',
  off: 'Выкл.',
  pictureInPicture: 'Картинка в картинке',
  fullscreen: 'Во весь экран',
  exitFullscreen: 'Выйти из полноэкранного режима',
  download: 'Скачать',
  live: 'Эфир',
  processing: 'Обработка…',
  processingHint: 'Видео начнётся, как только будет готово.',
  retry: 'Повторить',
  notFound: 'Видео не существует или ссылка устарела.',
  forbidden: 'Здесь это видео недоступно.',
  network: 'Не удаётся загрузить видео. Проверьте соединение.',
  media: 'Это видео не воспроизводится.',
  unsupported: 'Браузер не может воспроизвести это видео.',
};

export const isRussian = /^ru\b/i.test(navigator.language);
export const texts = isRussian ? russian : english;

/** The name of a language in the viewer's own: `fr` is "French". */
export function languageName(code: string): string {
  if (!code) return '';

  try {
    const { DisplayNames } = Intl as unknown as {
      DisplayNames: new (locales: string[], options: { type: string }) => { of(code: string): string | undefined };
    };
    const name = new DisplayNames([navigator.language], { type: 'language' }).of(code) || code;
    return name[0].toUpperCase() + name.slice(1);
  } catch {
    return code;
  }
}
