import { test } from 'node:test';
import assert from 'node:assert/strict';
import { currentTime, playsOn, ready, until, useFixture, video } from './fixture.mjs';

const fixture = useFixture();
const isVisible = (page, selector) => page.locator(selector).first().isVisible();

test('Can_autoplay', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#autoplay');
  await playsOn(page);
});

test('Can_autoplay_from_the_query_of_the_SDK', async () => {
  const page = await fixture.openReady('/embed/vod/vi1?id=vi1&autoplay=true&muted=true&ts=1');
  await playsOn(page);
  assert.equal(await video(page, (element) => element.muted), true);
});

test('Can_autoplay_without_sound_when_the_browser_forbids_sound', async () => {
  const page = await fixture.open('about:blank');
  // As a browser with its usual policy does.
  await page.addInitScript(() => {
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      return this.muted ? play.call(this) : Promise.reject(new DOMException('no gesture', 'NotAllowedError'));
    };
  });
  await page.goto(`${fixture.server.origin}/embed/vod/vi1#autoplay;loop`);
  await playsOn(page);
  await page.click('.unmute');
  assert.equal(await video(page, (element) => element.muted), false);
  await page.waitForSelector('.unmute', { state: 'hidden' });
});

test('Can_start_at_a_time', async () => {
  for (const [fragment, seconds] of [['t=2', 2], ['t=00:03', 3], ['t=00:00:04,00:00:05', 4]]) {
    const page = await fixture.openReady(`/embed/vod/vi1#${fragment}`);
    await until(page, (wanted) => Math.abs(document.querySelector('video').currentTime - wanted) < 0.1, seconds);
    await fixture.context.close();
  }
});

test('Can_stop_at_the_end_of_a_sequence', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#autoplay;t=1,2');
  await page.waitForSelector('.player.ended');
  const stopped = await currentTime(page);
  assert.ok(stopped >= 2 && stopped < 3, `stopped at ${stopped}`);
  await page.click('.big-play');
  await until(page, () => document.querySelector('video').currentTime < 1.9);
});

test('Can_loop', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#loop;t=5');
  await page.click('.big-play');
  await page.evaluate(() => document.querySelector('video').addEventListener('seeked', () => { window.lapped = true; }));
  await until(page, () => window.lapped && !document.querySelector('video').paused);
});

test('Can_hide_the_title', async () => {
  assert.equal(await isVisible(await fixture.openReady(), '.title'), true);
  await fixture.context.close();
  assert.equal(await isVisible(await fixture.openReady('/embed/vod/vi1#hide-title'), '.title'), false);
});

test('Can_hide_the_controls', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#hide-controls');
  assert.equal(await isVisible(page, '.controls'), false);
  assert.equal(await isVisible(page, '.big-play'), true);
});

test('Can_hide_the_poster', async () => {
  const page = await fixture.openReady();
  await page.waitForSelector('.poster', { state: 'visible' });
  await fixture.context.close();
  const without = await fixture.openReady('/embed/vod/vi1?hidePoster=true');
  await without.waitForSelector('.has-poster');
  await without.waitForSelector('.poster', { state: 'hidden' });
});

test('Can_show_nothing_but_the_picture', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#chromeless');
  for (const selector of ['.controls', '.title', '.big-play']) assert.equal(await isVisible(page, selector), false, selector);
  await page.mouse.click(400, 200);
  assert.equal(await video(page, (element) => element.paused), true);
});

test('Can_show_subtitles_from_the_start', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#autoplay;show-subtitles');
  await page.waitForSelector('.caption');
});

test('Can_limit_the_qualities', async () => {
  const page = await fixture.openReady('/embed/vod/limited#min-quality:480;max-quality:720;autoplay');
  await until(page, () => document.querySelector('video').videoHeight === 720);
  await page.click('[aria-label="Settings"]');
  await page.click('.menu-item:has-text("Quality")');
  assert.deepEqual(await page.locator('.menu-item').evaluateAll((items) => items.slice(1).map((item) => item.textContent)), ['720p']);
  assert.deepEqual(fixture.server.requested('/vod/limited/').filter((url) => url.includes('240p')), []);
});

test('Can_follow_the_theme', async () => {
  fixture.server.videos.set('themed', { theme: { hideTitle: true, enableControls: false, forceAutoplay: true, forceLoop: true } });
  const page = await fixture.openReady('/embed/vod/themed');
  await playsOn(page);
  assert.equal(await isVisible(page, '.title'), false);
  assert.equal(await isVisible(page, '.controls'), false);
});

test('Can_use_the_keyboard', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#loop');
  const press = (key) => page.keyboard.press(key);
  const is = (condition, argument) => until(page, condition, argument);

  await press('k');
  await playsOn(page);
  await press('Space');
  await is(() => document.querySelector('video').paused);
  await press('Home');
  await is(() => document.querySelector('video').currentTime === 0);
  await press('ArrowRight');
  await is(() => document.querySelector('video').currentTime === 5);
  await press('j');
  await is(() => document.querySelector('video').currentTime === 0);
  await press('5');
  await is(() => Math.abs(document.querySelector('video').currentTime - 3) < 0.1);
  await press('ArrowDown');
  await is(() => document.querySelector('video').volume === 0.95);
  await press('ArrowUp');
  await is(() => document.querySelector('video').volume === 1);
  await press('m');
  await is(() => document.querySelector('video').muted);
  await press('Shift+Period');
  await is(() => document.querySelector('video').playbackRate === 1.25);
  await press('Shift+Comma');
  await is(() => document.querySelector('video').playbackRate === 1);
  await press('c');
  await page.waitForSelector('.captions-button.on');
  await press('f');
  await is(() => !!document.fullscreenElement);
  await press('f');
  await is(() => !document.fullscreenElement);
  await press('End');
  await is(() => document.querySelector('video').currentTime > 5.9 || !document.querySelector('video').paused);
});

test('Can_use_the_menu_with_the_keyboard', async () => {
  const page = await fixture.openReady();
  await page.focus('[aria-label="Settings"]');
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('.menu-item[role=menuitemradio]:focus');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await video(page, (element) => element.playbackRate), 1.25);
  await page.keyboard.press('Escape');
  await page.waitForSelector('[aria-label="Settings"]:focus');
  assert.equal(await isVisible(page, '.menu'), false);
});

test('Cannot_use_hotkeys_that_are_off', async () => {
  const page = await fixture.openReady('/embed/vod/vi1#hotkeys:false');
  await page.keyboard.press('m');
  assert.equal(await video(page, (element) => element.muted), false);
  await page.keyboard.press('k');
  assert.equal(await video(page, (element) => element.paused), true);
});

test('Can_ignore_what_it_does_not_know', async () => {
  const page = await fixture.open('/embed/vod/vi1?metadata[user]=1#adTagUrl:https%3A%2F%2Fads.example;nonsense;sdkOrigin:%%%;t=x');
  await ready(page);
  assert.equal(await currentTime(page), 0);
});
