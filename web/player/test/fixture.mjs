// One browser, one server and one video for the tests of a file.
import { after, afterEach, before } from 'node:test';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { makeMedia } from './media.mjs';
import { TestServer } from './server.mjs';

const browserArguments = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'];

export function useFixture() {
  const fixture = { server: null, browser: null, context: null, errors: [] };

  before(async () => {
    fixture.media = await makeMedia();
    fixture.server = await new TestServer(fixture.media).start();
    fixture.browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [...browserArguments, '--autoplay-policy=no-user-gesture-required'],
    });
  });

  after(async () => {
    await fixture.browser?.close();
    await fixture.server?.stop();
    await fixture.media?.remove();
  });

  afterEach(async () => {
    await fixture.context?.close();
    fixture.context = null;
    const errors = fixture.errors.splice(0);
    assert.deepEqual(errors, [], 'nothing was thrown in the page');
  });

  /** Opens an address of the server, by default the embed page of a video. */
  fixture.open = async (address = '/embed/vod/vi1', options = {}) => {
    fixture.context = await fixture.browser.newContext({ viewport: { width: 960, height: 540 }, locale: 'en-GB', ...options });
    const page = await fixture.context.newPage();
    page.on('pageerror', (error) => fixture.errors.push(error.message));
    await page.goto(new URL(address, fixture.server.origin).href);
    return page;
  };

  /** Opens the page and waits until the video can be played. */
  fixture.openReady = async (address, options) => {
    const page = await fixture.open(address, options);
    await ready(page);
    return page;
  };

  return fixture;
}

export const ready = (page) => page.waitForSelector('.player[data-status="ready"]');
export const video = (page, read, argument) => page.locator('video').evaluate(read, argument);
export const currentTime = (page) => video(page, (element) => element.currentTime);

export async function playsOn(page) {
  const from = await currentTime(page);
  await until(page, (time) => {
    const element = document.querySelector('video');
    return !element.paused && element.currentTime > time;
  }, from + 0.2);
}

export function until(page, condition, argument) {
  return page.waitForFunction(condition, argument, { timeout: 30000 });
}
