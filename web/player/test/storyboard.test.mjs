import { test } from 'node:test';
import assert from 'node:assert/strict';
import { until, useFixture } from './fixture.mjs';
import { sessionToken } from './server.mjs';

const fixture = useFixture();

const hover = async (page, share) => {
  const { x, y, width } = await page.locator('.seek').boundingBox();
  await page.mouse.move(x + width * share, y + 10);
};
const picture = (page) => page.locator('.seek-picture').evaluate(({ style }) => `${style.backgroundImage} ${style.backgroundPosition}`);

test('Can_show_the_picture_of_the_time_under_the_pointer', async () => {
  const page = await fixture.openReady('/embed/vod/hovered');
  assert.deepEqual(fixture.server.requested('/vod/hovered/storyboard'), [], 'nothing is loaded before somebody looks');

  await hover(page, 0.5);
  await page.waitForSelector('.seek-picture', { state: 'visible' });
  assert.match(await picture(page), /\/vod\/hovered\/storyboard\/v1\/000\.jpg"\) -160px 0px$/);
  assert.equal(await page.textContent('.seek-tip'), '0:03');
  const { width, height } = await page.locator('.seek-picture').boundingBox();
  assert.deepEqual([width, height].map(Math.round), [160, 90]);

  await hover(page, 0.9);
  assert.match(await picture(page), / -320px 0px$/);
  assert.equal(fixture.server.requested('/vod/hovered/storyboard.vtt').length, 1);
  await until(page, () => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/000.jpg')));
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
});

test('Can_keep_the_picture_inside_the_player', async () => {
  const page = await fixture.openReady('/embed/vod/edges', { viewport: { width: 400, height: 225 } });
  for (const share of [0.01, 0.99]) {
    await hover(page, share);
    await page.waitForSelector('.seek-picture', { state: 'visible' });
    const { x, y, width } = await page.locator('.seek-picture').boundingBox();
    assert.ok(Math.round(x) >= 0 && Math.round(x + width) <= 400 && Math.round(y) >= 0, `at ${share}: ${x}, ${y}`);
  }
});

test('Can_show_the_picture_while_a_finger_drags', async () => {
  const page = await fixture.openReady('/embed/vod/touched', { hasTouch: true });
  const { x, y, width } = await page.locator('.seek').boundingBox();
  const touch = await page.context().newCDPSession(page);
  const send = (type, share) => touch.send('Input.dispatchTouchEvent', {
    type, touchPoints: share === null ? [] : [{ x: x + width * share, y: y + 10 }],
  });
  await send('touchStart', 0.2);
  await send('touchMove', 0.5);
  await page.waitForSelector('.seek.dragging .seek-picture', { state: 'visible' });
  assert.match(await picture(page), / -160px 0px$/);
  await send('touchEnd', null);
  await page.waitForSelector('.seek:not(.dragging)');
});

test('Can_show_the_picture_while_the_keys_step', async () => {
  const page = await fixture.openReady('/embed/vod/stepped');
  for (let key = 0; key < 9 && !await page.locator('.seek').evaluate((seek) => seek === document.activeElement); key++) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('.seek.stepping .seek-picture', { state: 'visible' });
  assert.match(await picture(page), / -320px 0px$/);
  assert.equal(await page.textContent('.seek-tip'), '0:05');
  await page.waitForSelector('.seek:not(.stepping)');
});

test('Can_show_the_pictures_of_a_private_video_with_the_token_of_its_session', async () => {
  const page = await fixture.openReady('/embed/vod/private?token=x');
  await hover(page, 0.5);
  await page.waitForSelector('.seek-picture', { state: 'visible' });
  assert.match(await picture(page), new RegExp(`/000\\.jpg\\?avh=${sessionToken}"`));
  await until(page, () => performance.getEntriesByType('resource').some(({ name }) => name.includes('/000.jpg?avh=')));
  const asked = fixture.server.requested('/vod/private/').filter((url) => url.includes('/storyboard'));
  assert.ok(asked.length >= 2 && asked.every((url) => url.includes(`avh=${sessionToken}`)), asked.join(' '));
});

for (const status of [202, 404]) {
  test(`Can_do_without_pictures_when_the_answer_is_${status}`, async () => {
    fixture.server.storyboardAnswers.set('without', status);
    const before = fixture.server.requested('/vod/without/storyboard').length;
    const page = await fixture.openReady('/embed/vod/without');
    const answered = page.waitForResponse((response) => response.url().endsWith('/storyboard.vtt'));
    await hover(page, 0.5);
    await answered;
    await hover(page, 0.6);
    assert.equal(await page.textContent('.seek-tip'), '0:03');
    assert.equal(await page.isVisible('.seek-picture'), false);
    assert.equal(fixture.server.requested('/vod/without/storyboard').length, before + 1, 'it is not asked for at each move');
  });
}
