// The player driven by api.video's own SDK, unmodified, from a page of another origin.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { until, useFixture } from './fixture.mjs';
import { TestServer, sessionToken } from './server.mjs';

const fixture = useFixture();
let site;

before(async () => {
  site = await new TestServer(fixture.media).start();
  const bundle = await build({
    stdin: { contents: 'import { PlayerSdk } from "@api.video/player-sdk"; window.PlayerSdk = PlayerSdk;', resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true, write: false, format: 'iife', logLevel: 'silent',
  });
  site.pages.set('/sdk.js', bundle.outputFiles[0].text);
  site.pages.set('/empty', '<!doctype html><script src="/sdk.js"></script><div id="target" style="width:800px;height:450px"></div>');
});
after(() => site?.stop());

/** Opens the embedding page and makes a player in it, recording its events. */
async function openSite(options = {}) {
  const page = await fixture.open(`${site.origin}/empty`);
  await page.evaluate(({ iframeUrl, options }) => {
    window.events = [];
    window.sdk = new PlayerSdk('#target', { id: 'vi1', iframeUrl, ...options });
    listen();

    function listen() {
      const names = ['controlsdisabled', 'controlsenabled', 'ended', 'error', 'firstplay', 'fullscreenchange', 'pause', 'play', 'playerresize',
        'qualitychange', 'ratechange', 'ready', 'seeking', 'timeupdate', 'volumechange', 'useractive', 'userinactive', 'mouseenter'];
      for (const name of names) window.sdk.addEventListener(name, (data) => window.events.push({ name, ...data }));
    }
  }, { iframeUrl: `${fixture.server.origin}/embed/vod/\${id}`, options });
  await event(page, 'ready');
  return page;
}

const event = (page, name) => until(page, (wanted) => window.events.some((one) => one.name === wanted), name);
const ask = (page, getter) => page.evaluate((name) => window.sdk[name](), getter);
const tell = (page, command, ...values) => page.evaluate(({ command, values }) => window.sdk[command](...values), { command, values });
const forget = (page) => page.evaluate(() => { window.events.length = 0; });
const frame = (page) => page.frameLocator('#target iframe');

/** Waits until a getter of the SDK answers as wanted. */
function answers(page, getter, wanted) {
  return until(page, async ({ getter, wanted }) => (await window.sdk[getter]()) === wanted, { getter, wanted });
}

test('Can_play_and_pause', async () => {
  const page = await openSite();
  assert.equal(await ask(page, 'getPaused'), true);
  await tell(page, 'play');
  await event(page, 'firstplay');
  await event(page, 'play');
  await event(page, 'timeupdate');
  await answers(page, 'getPlaying', true);
  await tell(page, 'pause');
  await event(page, 'pause');
  assert.equal(await ask(page, 'getPaused'), true);
  assert.equal(await ask(page, 'getPlaying'), false);
});

test('Can_tell_about_the_video', async () => {
  const page = await openSite();
  assert.ok(Math.abs(await ask(page, 'getDuration') - 6) < 0.2);
  assert.deepEqual(Object.keys(await ask(page, 'getVideoSize')).sort(), ['height', 'width']);
  assert.ok((await ask(page, 'getVideoSize')).width > 0);
  assert.equal(await ask(page, 'isLiveStream'), false);
  assert.equal(await ask(page, 'getLoop'), false);
});

test('Can_seek', async () => {
  const page = await openSite();
  await tell(page, 'setCurrentTime', 3);
  await answers(page, 'getCurrentTime', 3);
  await event(page, 'seeking');
  await tell(page, 'seek', -2);
  await answers(page, 'getCurrentTime', 1);
});

test('Can_change_the_sound', async () => {
  const page = await openSite({ muted: true });
  assert.equal(await ask(page, 'getMuted'), true);
  await tell(page, 'unmute');
  await answers(page, 'getMuted', false);
  await forget(page);
  await tell(page, 'setVolume', 0.4);
  await event(page, 'volumechange');
  assert.equal(await ask(page, 'getVolume'), 0.4);
  assert.equal(await page.evaluate(() => window.events.find(({ name }) => name === 'volumechange').volume), 0.4);
  await tell(page, 'mute');
  await answers(page, 'getMuted', true);
});

test('Can_hear_of_time_and_the_end', async () => {
  const page = await openSite();
  await tell(page, 'setCurrentTime', 5);
  await tell(page, 'play');
  await event(page, 'ended');
  const times = await page.evaluate(() => window.events.filter(({ name }) => name === 'timeupdate').map(({ currentTime }) => currentTime));
  assert.ok(times.some((time) => time > 5));
});

test('Can_loop_over_a_sequence', async () => {
  const page = await openSite({ sequence: { start: 1, end: 2 }, loop: true, autoplay: true });
  assert.equal(await ask(page, 'getLoop'), true);
  await until(page, () => {
    const times = window.events.filter(({ name }) => name === 'timeupdate').map(({ currentTime }) => currentTime);
    return times.some((time, index) => index > 0 && time < times[index - 1]);
  });
  await tell(page, 'setLoop', false);
  await event(page, 'ended');
  assert.equal(await ask(page, 'getPaused'), true);
});

test('Can_change_the_speed', async () => {
  const page = await openSite({ playbackRate: 1.5 });
  await answers(page, 'getPlaybackRate', 1.5);
  await tell(page, 'setPlaybackRate', 0.75);
  await answers(page, 'getPlaybackRate', 0.75);
  await event(page, 'ratechange');
});

test('Can_hide_and_show_controls', async () => {
  const page = await openSite();
  await tell(page, 'hideControls');
  await event(page, 'controlsdisabled');
  await frame(page).locator('.controls').waitFor({ state: 'hidden' });
  await tell(page, 'showControls', ['download', 'play']);
  await frame(page).locator('[data-control="download"]').waitFor();
  assert.equal(await frame(page).locator('[data-control="volume"]').isVisible(), false);
  await tell(page, 'showControls');
  await event(page, 'controlsenabled');
  await tell(page, 'hideControls', ['volume']);
  await frame(page).locator('[data-control="volume"]').waitFor({ state: 'hidden' });
  await frame(page).locator('[data-control="play"]').waitFor();
});

test('Can_hide_and_show_the_rest', async () => {
  const page = await openSite();
  await tell(page, 'hideTitle');
  await frame(page).locator('.title').waitFor({ state: 'hidden' });
  await tell(page, 'showTitle');
  await frame(page).locator('.title').waitFor();
  await tell(page, 'hidePoster');
  await frame(page).locator('.poster').waitFor({ state: 'hidden' });
  await tell(page, 'showPoster');
  await frame(page).locator('.poster').waitFor();
  await tell(page, 'setChromeless', true);
  await frame(page).locator('.controls').waitFor({ state: 'hidden' });
  await frame(page).locator('.big-play').waitFor({ state: 'hidden' });
  await tell(page, 'setChromeless', false);
  await frame(page).locator('.big-play').waitFor();
});

test('Can_show_and_hide_subtitles', async () => {
  const page = await openSite({ showSubtitles: true, loop: true, autoplay: true });
  await frame(page).locator('.caption').waitFor();
  await tell(page, 'hideSubtitles');
  await frame(page).locator('.caption').waitFor({ state: 'detached' });
  await tell(page, 'showSubtitles');
  await frame(page).locator('.caption').waitFor();
});

test('Can_style_the_picture_and_the_colours', async () => {
  const page = await openSite();
  await tell(page, 'setVideoStyleObjectFit', 'cover');
  await tell(page, 'setVideoStyleTransform', 'rotateY(180deg)');
  await tell(page, 'setTheme', { trackPlayed: 'red', link: 'url(x)' });
  await answers(page, 'getPaused', true);
  const style = (selector) => frame(page).locator(selector).getAttribute('style');
  assert.match(await style('video'), /object-fit: cover; transform: rotateY\(180deg\)|transform: rotateY\(180deg\); object-fit: cover/);
  assert.match(await style('.vjs-poster'), /background-size: cover/);
  assert.match(await style('.player'), /--track-played: red/);
  assert.doesNotMatch(await style('.player'), /url/);
});

test('Can_limit_the_quality', async () => {
  const page = await openSite({ maximalQuality: 240, autoplay: true, loop: true });
  await event(page, 'qualitychange');
  assert.deepEqual(await page.evaluate(() => window.events.find(({ name }) => name === 'qualitychange').resolution), { height: 240, width: 426 });
  await tell(page, 'setMaximalQuality', 720);
  await tell(page, 'setMinimalQuality', 720);
  await until(page, () => window.events.some(({ name, resolution }) => name === 'qualitychange' && resolution.height === 720));
});

test('Can_limit_the_quality_of_what_is_buffered_to_its_end', async (t) => {
  fixture.server.slow = '240p-';
  t.after(() => { fixture.server.slow = null; });
  const page = await openSite({ maximalQuality: 240, autoplay: true, loop: true });
  await event(page, 'qualitychange');
  await until(page, () => window.events.some(({ name, currentTime }) => name === 'timeupdate' && currentTime > 4.5));
  await forget(page);
  await tell(page, 'setMaximalQuality', 720);
  await tell(page, 'setMinimalQuality', 720);
  await until(page, () => window.events.some(({ name, resolution }) => name === 'qualitychange' && resolution.height === 720));
});

test('Can_load_another_video_in_place', async () => {
  fixture.server.videos.set('vi2', { title: 'The second' });
  const page = await openSite();
  await forget(page);
  await tell(page, 'loadConfig', { id: 'vi2', hideControls: true });
  await event(page, 'ready');
  assert.equal(await frame(page).locator('.title').textContent(), 'The second');
  await frame(page).locator('.controls').waitFor({ state: 'hidden' });
  await tell(page, 'play');
  await event(page, 'firstplay');
  assert.equal(fixture.server.requested('/vod/vi2/hls/').length > 0, true);
});

test('Can_give_the_address_of_the_MP4', async () => {
  const page = await openSite({ id: 'private', token: 'x', privateSession: sessionToken });
  const [download] = await Promise.all([page.waitForEvent('download'), tell(page, 'download', 'nature.mp4')]);
  assert.equal(download.suggestedFilename(), 'nature.mp4');
  assert.ok(fixture.server.requested(`source.mp4?avh=${sessionToken}`).length > 0);
});

test('Can_join_a_player_that_is_already_in_the_page', async () => {
  site.pages.set('/existing', `<!doctype html><script src="/sdk.js"></script>
    <iframe id="existing" src="${fixture.server.origin}/embed/vod/vi1" width="800" height="450" allow="autoplay"></iframe>`);
  const page = await fixture.open(`${site.origin}/existing`);
  await page.frameLocator('#existing').locator('.player[data-status="ready"]').waitFor();
  await page.evaluate(() => {
    window.events = [];
    window.sdk = new PlayerSdk('#existing', { iframeUrl: document.querySelector('iframe').src });
    window.sdk.addEventListener('play', () => window.events.push({ name: 'play' }));
    window.sdk.play();
  });
  await event(page, 'play');
  assert.ok(await ask(page, 'getDuration') > 5);
});

test('Can_destroy_the_player', async () => {
  const page = await openSite();
  await tell(page, 'destroy');
  await page.waitForSelector('iframe', { state: 'detached' });
});

test('Cannot_command_from_another_origin_than_the_one_named', async () => {
  const page = await openSite();
  const address = (origin) => `${fixture.server.origin}/embed/vod/vi1#api;sdkPlayerId:9;sdkOrigin:${btoa(origin)}`;
  assert.equal(await obeys(page, address('https://elsewhere.example')), false);
  assert.equal(await obeys(page, address(site.origin)), true);
});

test('Cannot_command_when_the_theme_turns_the_API_off', async () => {
  fixture.server.videos.set('closed', { theme: { enableApi: false } });
  const page = await openSite();
  assert.equal(await obeys(page, `${fixture.server.origin}/embed/vod/closed`), false);
  assert.equal(await obeys(page, `${fixture.server.origin}/embed/vod/closed#api`), true);
});

/** Whether a player at this address does what its parent page posts to it. */
async function obeys(page, address) {
  await page.evaluate((src) => {
    document.body.innerHTML = '';
    document.body.append(Object.assign(document.createElement('iframe'), { src, id: 'bare', width: 400, height: 300 }));
  }, address);
  await page.frameLocator('#bare').locator('.player[data-status="ready"]').waitFor();
  await page.evaluate(() => document.querySelector('#bare').contentWindow.postMessage({ message: 'setPlaybackRate', rate: 2, sdkPlayerId: 9 }, '*'));
  // A message is a task of its own: the next frame of the player comes after it.
  return page.frameLocator('#bare').locator('video').evaluate((element) => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(element.playbackRate === 2)));
  }));
}
