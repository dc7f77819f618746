// A small stand-in for the Latchkey server: the embed page, the assets of the player and the files of videos.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), '../dist');
const types = {
  '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.m3u8': 'application/vnd.apple.mpegurl', '.vtt': 'text/vtt',
  '.m4s': 'video/iso.segment', '.mp4': 'video/mp4', '.jpg': 'image/jpeg',
};

export const privateToken = '11111111-2222-3333-4444-555555555555';
export const sessionToken = 'session-of-the-test';

export class TestServer {
  requests = [];
  /** What changes in the configuration of a video: id → properties. */
  videos = new Map();
  /** Answers given to a manifest before the true one: id → statuses. */
  manifestAnswers = new Map();
  /** The answer to the index of a storyboard in place of the true one: id → status. */
  storyboardAnswers = new Map();
  /** The beginning of the names of files that come as over a slow line: their last byte half a second after the rest. */
  slow = null;
  /** Pages of an embedding site: path → HTML or script. */
  pages = new Map();

  constructor(media) {
    this.media = media;
    this.server = http.createServer((request, response) => {
      this.answer(request, response).catch(() => this.send(response, 404, 'text/plain', 'not found'));
    });
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  config(id) {
    const isPrivate = id === 'private';
    const base = isPrivate ? `/vod/${id}/token/${privateToken}` : `/vod/${id}`;
    return {
      videoId: id, title: 'Nature & <light>', hls: `${base}/hls/manifest.m3u8`, mp4: `${base}/mp4/source.mp4`,
      poster: `${base}/thumbnail.jpg`, storyboard: `${base}/storyboard.vtt`, captions: [], chapters: [], session: isPrivate ? `${base}/session` : null,
      theme: {}, live: false, panoramic: false, ...this.videos.get(id),
    };
  }

  requested(part) {
    return this.requests.filter((url) => url.includes(part));
  }

  async answer(request, response) {
    const url = new URL(request.url, this.origin);
    this.requests.push(request.url);

    if (this.pages.has(url.pathname)) {
      const type = url.pathname.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8';
      return this.send(response, 200, type, this.pages.get(url.pathname));
    }
    if (url.pathname.startsWith('/embed/assets/')) return this.sendFile(response, dist, url.pathname);

    const embed = /^\/embed\/vod\/(\w+)$/.exec(url.pathname);
    if (embed) return this.sendPage(response, embed[1]);

    const [, id, token] = /^\/vod\/(\w+)\/(?:token\/([\w-]+)\/)?/.exec(url.pathname);
    if (token && url.pathname.endsWith('/session')) {
      return this.send(response, 200, 'application/json', JSON.stringify({ session_token: sessionToken }));
    }
    if (token && url.searchParams.get('avh') !== sessionToken) return this.send(response, 404, 'text/plain', 'no session');

    if (url.pathname.endsWith('/storyboard.vtt') && this.storyboardAnswers.get(id)) {
      return this.send(response, this.storyboardAnswers.get(id), 'text/plain', '');
    }

    const answers = this.manifestAnswers.get(id);
    if (url.pathname.endsWith('/manifest.m3u8') && answers?.length) {
      const status = answers.shift();
      return this.send(response, status, 'text/plain', status === 202 ? 'not yet' : '');
    }
    return this.sendFile(response, this.media.folder, url.pathname);
  }

  async sendPage(response, id) {
    const config = this.config(id);
    const escapedTitle = config.title.replace(/&/g, '&amp;').replace(/</g, '&lt;');
    const page = (await readFile(path.join(dist, 'index.html'), 'utf8'))
      .replace('{{title}}', () => escapedTitle)
      .replace('{{config}}', () => JSON.stringify(config).replace(/</g, '\\u003c'));
    this.send(response, 200, 'text/html; charset=utf-8', page);
  }

  async sendFile(response, folder, pathname) {
    const name = path.basename(pathname);
    const type = types[path.extname(name)] || 'application/octet-stream';
    const body = await readFile(path.join(folder, name));
    if (!this.slow || !name.startsWith(this.slow)) return this.send(response, 200, type, body);

    response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
    response.write(body.subarray(0, -1));
    setTimeout(() => response.end(body.subarray(-1)), 500);
  }

  send(response, status, type, body) {
    response.writeHead(status, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' });
    response.end(body);
  }
}
