import { test } from 'node:test';
import assert from 'node:assert/strict';
import { currentTime, playsOn, ready, until, useFixture, video } from './fixture.mjs';
import { sessionToken } from './server.mjs';

const fixture = useFixture();

test('Can_play_a_video_from_its_big_button', async () => {
  const page = await fixture.openReady();
  await page.click('.big-play');
  await playsOn(page);
  await page.waitForSelector('.poster', { state: 'hidden' });
});

test('Can_show_the_title_as_text', async () => {
  const page = await fixture.openReady();
  assert.equal(await page.textContent('.title'), 'Nature & <light>');
  assert.equal(await page.title(), 'Nature & <light>');
});

test('Can_wait_for_a_video_that_is_being_processed', async () => {
  fixture.server.manifestAnswers.set('late', [202, 202, 202]);
  const page = await fixture.open('/embed/vod/late');
  await page.waitForSelector('text=Processing…');
  await ready(page);
  assert.equal(await page.isVisible('text=Processing…'), false);
  await page.click('.big-play');
  await playsOn(page);
});

test('Can_wait_for_a_manifest_that_is_still_empty', async () => {
  fixture.server.manifestAnswers.set('empty', [200, 200, 200]);
  const page = await fixture.open('/embed/vod/empty');
  await page.waitForSelector('text=Processing…');
  await ready(page);
});

test('Can_say_that_a_video_does_not_exist', async () => {
  fixture.server.manifestAnswers.set('gone', [404, 404, 404]);
  const page = await fixture.open('/embed/vod/gone');
  await page.waitForSelector('text=This video does not exist');
});

test('Can_say_it_in_Russian', async () => {
  fixture.server.manifestAnswers.set('gone', [404, 404, 404]);
  const page = await fixture.open('/embed/vod/gone', { locale: 'ru-RU' });
  await page.waitForSelector('text=Видео не существует');
});

test('Can_recover_from_a_server_that_fails_for_a_while', async () => {
  fixture.server.manifestAnswers.set('flaky', [503, 503, 503]);
  const page = await fixture.openReady('/embed/vod/flaky');
  await page.click('.big-play');
  await playsOn(page);
});

test('Can_recover_from_a_segment_that_is_lost_for_a_while', async () => {
  const page = await fixture.open('about:blank');
  let failures = 0;
  await page.route('**/*-1.m4s*', (route) => (failures++ < 2 ? route.abort() : route.continue()));
  await page.goto(`${fixture.server.origin}/embed/vod/vi1`);
  await ready(page);
  await page.click('.big-play');
  await until(page, () => document.querySelector('video').currentTime > 2.5);
  assert.ok(failures > 1);
});

test('Can_play_a_private_video_with_the_token_of_its_session', async () => {
  const page = await fixture.openReady('/embed/vod/private?token=x');
  await page.click('.big-play');
  await playsOn(page);

  const { server } = fixture;
  for (const part of ['manifest.m3u8', 'english.m3u8', '.m4s', 'init.mp4', 'thumbnail.jpg']) {
    const authorised = server.requested('/vod/private/token/').filter((url) => url.includes(part) && url.includes(`avh=${sessionToken}`));
    assert.ok(authorised.length > 0, `${part} was asked with the session's token`);
  }
  await page.waitForSelector('.has-poster');
  const poster = await page.locator('.vjs-poster').evaluate((element) => element.style.backgroundImage);
  assert.match(poster, new RegExp(`avh=${sessionToken}`));
});

test('Can_use_a_session_that_the_embedding_page_has_opened', async () => {
  const before = fixture.server.requested('/session').length;
  await fixture.openReady(`/embed/vod/private?avh=${sessionToken}`);
  assert.equal(fixture.server.requested('/session').length, before);
});

test('Can_show_the_first_frame_when_there_is_no_poster', async () => {
  fixture.server.videos.set('bare', { poster: '/vod/bare/absent.jpg', mp4: null, title: '' });
  const page = await fixture.openReady('/embed/vod/bare');
  assert.equal(await page.isVisible('.poster'), false);
  assert.equal(await page.isVisible('.title'), false);
});

test('Can_choose_a_quality', async () => {
  const page = await fixture.openReady();
  await page.click('[aria-label="Settings"]');
  await page.click('.menu-item:has-text("Quality")');
  assert.deepEqual(
    (await page.locator('.menu-item .menu-label').allTextContents()).map((label) => label.replace(/ \(.*/, '')),
    ['Auto', '720p', '240p']);

  for (const [label, height] of [['240p', 240], ['720p', 720]]) {
    const choice = page.getByRole('menuitemradio', { name: label, exact: true });
    if (!await choice.isVisible()) await page.click('.menu-item:has-text("Quality")');
    await choice.click();
    await until(page, (wanted) => document.querySelector('video').videoHeight === wanted, height);
    assert.equal(await page.textContent('.menu-item:has-text("Quality") .menu-value'), label);
  }
});

test('Can_choose_a_speed', async () => {
  const page = await fixture.openReady();
  await page.click('[aria-label="Settings"]');
  await page.click('.menu-item:has-text("Speed")');
  await page.click('.menu-item:has-text("1.5×")');
  assert.equal(await video(page, (element) => element.playbackRate), 1.5);
});

test('Can_choose_another_audio_track', async () => {
  const page = await fixture.openReady();
  await page.click('[aria-label="Settings"]');
  await page.click('.menu-item:has-text("Audio")');
  await page.click('.menu-item:has-text("Français")');
  await page.waitForSelector('.menu-item:has-text("Audio"):has-text("Français")');
  await page.keyboard.press('Escape');
  await page.click('.big-play');
  await playsOn(page);
  assert.ok(fixture.server.requested('french').length > 0);
});

test('Can_show_subtitles', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#autoplay;loop');
  await playsOn(page);
  await page.click('[aria-label="Subtitles"]');
  await page.click('.menu-item:has-text("English")');
  await page.waitForSelector('.caption i:has-text("brown")');
  assert.equal(await page.textContent('.caption'), 'The quick brown fox');
  await page.click('[aria-label="Subtitles"]');
  await page.click('.menu-item:has-text("Off")');
  await page.waitForSelector('.caption', { state: 'detached' });
});

test('Can_take_captions_and_chapters_from_files', async () => {
  fixture.server.videos.set('files', {
    captions: [{ src: '/vod/files/captions/subtitles.vtt', srclang: 'de', default: true }],
    chapters: [{ src: '/vod/files/chapters/chapters.vtt', language: 'en' }],
  });
  const page = await fixture.openReady('/embed/vod/files');
  await page.click('.big-play');
  await page.waitForSelector('.caption:has-text("quick")');
  await page.waitForSelector('.seek-chapter', { state: 'attached' });
  await page.click('[aria-label="Settings"]');
  await page.click('.menu-item:has-text("Chapters")');
  await page.click('.menu-item:has-text("Main part")');
  await until(page, () => document.querySelector('video').currentTime >= 2);
});

test('Can_seek_with_the_pointer', async () => {
  const page = await fixture.openReady();
  const { x, y, width } = await page.locator('.seek').boundingBox();
  await page.mouse.move(x + width / 2, y + 10);
  assert.equal(await page.textContent('.seek-tip'), '0:03');
  await page.mouse.down();
  await page.mouse.move(x + width * 0.75, y + 10);
  await page.mouse.up();
  await until(page, () => Math.abs(document.querySelector('video').currentTime - 4.5) < 0.1);
  assert.equal(await page.getAttribute('.seek', 'aria-valuetext'), '0:04 of 0:06');
});

test('Can_play_again_after_the_end', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#t=5');
  await page.click('.big-play');
  await page.waitForSelector('.big-play[aria-label="Replay"]');
  await page.click('.big-play');
  await playsOn(page);
});

test('Can_hide_the_controls_when_nothing_happens', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#loop');
  await page.click('.big-play');
  await page.waitForSelector('.player:not(.active)');
  await page.waitForSelector('.controls', { state: 'hidden' });
  await page.mouse.move(200, 200);
  await page.waitForSelector('.controls', { state: 'visible' });
});

test('Can_tap_to_show_and_hide_the_controls', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#loop', { hasTouch: true });
  await page.tap('.big-play');
  await playsOn(page);
  await page.locator('.stage').tap({ position: { x: 60, y: 200 } });
  await page.waitForSelector('.controls', { state: 'hidden' });
  // Later than a double tap.
  await until(page, (tapped) => performance.now() - tapped > 350, await page.evaluate(() => performance.now()));
  await page.locator('.stage').tap({ position: { x: 60, y: 200 } });
  await page.waitForSelector('.controls', { state: 'visible' });
  assert.equal(await video(page, (element) => element.paused), false);
});

test('Can_play_the_MP4_where_HLS_is_impossible', async () => {
  const page = await fixture.open('about:blank');
  await page.addInitScript(() => {
    delete window.MediaSource;
    delete window.ManagedMediaSource;
    delete window.WebKitMediaSource;
    HTMLMediaElement.prototype.canPlayType = () => '';
  });
  await page.goto(`${fixture.server.origin}/embed/vod/vi1`);
  await ready(page);
  await page.click('.big-play');
  await playsOn(page);
  assert.match(await video(page, (element) => element.src), /source\.mp4$/);
});

test('Cannot_change_style_with_a_theme_that_is_not_a_colour', async () => {
  fixture.server.videos.set('themed', { theme: { trackPlayed: 'rgba(255, 0, 0, 1)', link: 'url(//evil.example/x)' } });
  const page = await fixture.openReady('/embed/vod/themed');
  const style = await page.getAttribute('.player', 'style');
  assert.match(style, /--track-played: rgba\(255, 0, 0, 1\)/);
  assert.doesNotMatch(style, /evil/);
  assert.equal(await currentTime(page), 0);
});
