// Builds dist/: player, styles and worker with a content hash in their names, and the page template that refers to them.
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const assetsUrl = '/embed/assets';
const sizeLimit = 220 * 1024;

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, 'dist');
const hlsSource = path.join(root, 'node_modules/hls.js/src');
const hlsVersion = JSON.parse(await readFile(path.join(root, 'node_modules/hls.js/package.json'), 'utf8')).version;

// hls.js is built from its sources with its own feature switches (rollup.config.js in its repository): alternate audio
// and subtitles stay, DRM, advertising interstitials and the like go. It saves 40 KB gzipped against hls.min.mjs.
const hlsFeatures = {
  __VERSION__: JSON.stringify(hlsVersion),
  __USE_ALT_AUDIO__: 'true',
  __USE_SUBTITLES__: 'true',
  __USE_MEDIA_CAPABILITIES__: 'true',
  __USE_EME_DRM__: 'false',
  __USE_CMCD__: 'false',
  __USE_CONTENT_STEERING__: 'false',
  __USE_VARIABLE_SUBSTITUTION__: 'false',
  __USE_M2TS_ADVANCED_CODECS__: 'false',
  __USE_INTERSTITIALS__: 'false',
  __USE_IFRAMES__: 'false',
  __HLS_WORKER_BUNDLE__: 'undefined',
};

const hlsFromSource = {
  name: 'hls-from-source',
  setup(bundle) {
    bundle.onResolve({ filter: /^hls\.js$/ }, () => ({ path: path.join(hlsSource, 'exports-named.ts') }));
    bundle.onResolve(
      { filter: /(cmcd|eme|interstitials|content-steering)-controller$/ },
      () => ({ path: path.join(hlsSource, 'empty.js') }));
  },
};

async function bundle(entryPoints, define) {
  const result = await build({
    entryPoints,
    absWorkingDir: root,
    outdir: dist,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2019', 'chrome73', 'firefox68', 'safari14.1'],
    legalComments: 'none',
    banner: { js: `/*! Latchkey player, with hls.js ${hlsVersion} (Apache-2.0) */` },
    define: { ...hlsFeatures, ...define },
    plugins: [hlsFromSource],
    metafile: true,
    logLevel: 'warning',
  });

  return Object.keys(result.metafile.outputs).map((file) => path.basename(file));
}

async function checkSize() {
  let total = 0;
  for (const file of await readdir(dist)) {
    const content = await readFile(path.join(dist, file));
    const size = gzipSync(content, { level: 9 }).length;
    total += size;
    console.log(`${(size / 1024).toFixed(1).padStart(7)} KB gzipped  ${file}`);
  }

  console.log(`${(total / 1024).toFixed(1).padStart(7)} KB gzipped  in all (limit ${sizeLimit / 1024})`);
  if (total > sizeLimit) {
    console.error('The player is too big: it must stay under 220 KB gzipped. Remove something, or argue for a new limit.');
    process.exit(1);
  }
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist);

const [worker] = await bundle(
  { 'hls-worker': path.join(hlsSource, 'demux/transmuxer-worker.ts') },
  { __IN_WORKER__: 'true' });

const assets = await bundle(
  { player: 'src/main.ts', 'player-styles': 'src/player.css' },
  { __IN_WORKER__: 'false', WORKER_URL: JSON.stringify(`${assetsUrl}/${worker}`) });

const page = (await readFile(path.join(root, 'src/index.html'), 'utf8'))
  .replace('[script]', `${assetsUrl}/${assets.find((file) => file.endsWith('.js'))}`)
  .replace('[styles]', `${assetsUrl}/${assets.find((file) => file.endsWith('.css'))}`);
await writeFile(path.join(dist, 'index.html'), page);

await checkSize();
