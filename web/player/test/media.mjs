// Makes the video of the tests: 6 s of fMP4 HLS in two qualities, with two audio tracks and subtitles.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const duration = 6;

export async function makeMedia() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-player-'));
  const inputs = ['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=24:duration=${duration}`,
    '-f', 'lavfi', '-i', `sine=frequency=330:duration=${duration}`,
    '-f', 'lavfi', '-i', `sine=frequency=550:duration=${duration}`];
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '48', '-sc_threshold', '0'];
  const hls = (name) => ['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4',
    '-hls_fmp4_init_filename', `${name}-init.mp4`, '-hls_segment_filename', path.join(folder, `${name}-%d.m4s`), path.join(folder, `${name}.m3u8`)];

  await run('ffmpeg', ['-v', 'error', ...inputs,
    '-map', '0:v', ...video, '-s', '426x240', '-b:v', '200k', ...hls('240p'),
    '-map', '0:v', ...video, '-b:v', '800k', ...hls('720p'),
    '-map', '1:a', '-c:a', 'aac', '-b:a', '64k', ...hls('english'),
    '-map', '2:a', '-c:a', 'aac', '-b:a', '64k', ...hls('french'),
    '-map', '0:v', '-frames:v', '1', '-q:v', '4', path.join(folder, 'thumbnail.jpg'),
    '-map', '0:v', '-vf', 'fps=1/2,scale=160:90,tile=3x1', '-frames:v', '1', '-q:v', '4', path.join(folder, '000.jpg'),
    '-map', '0:v', '-map', '1:a', ...video, '-c:a', 'aac', '-movflags', '+faststart', path.join(folder, 'source.mp4')]);

  await writeFile(path.join(folder, 'manifest.m3u8'), manifest);
  await writeFile(path.join(folder, 'subtitles.m3u8'), subtitles);
  await writeFile(path.join(folder, 'subtitles.vtt'), cues);
  await writeFile(path.join(folder, 'chapters.vtt'), chapters);
  await writeFile(path.join(folder, 'storyboard.vtt'), storyboard);

  return { folder, remove: () => rm(folder, { recursive: true }) };
}

const manifest = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="english.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Français",LANGUAGE="fr",DEFAULT=NO,AUTOSELECT=YES,URI="french.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="subtitles.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=426x240,CODECS="avc1.42c01e,mp4a.40.2",AUDIO="audio",SUBTITLES="subtitles"
240p.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=1280x720,CODECS="avc1.42c01f,mp4a.40.2",AUDIO="audio",SUBTITLES="subtitles"
720p.m3u8
`;

const subtitles = `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:${duration}
#EXT-X-PLAYLIST-TYPE:VOD
#EXTINF:${duration},
subtitles.vtt
#EXT-X-ENDLIST
`;

const cues = `WEBVTT

00:00.000 --> 00:06.000
The quick <i>brown</i> fox
`;

const chapters = `WEBVTT

00:00.000 --> 00:02.000
Opening

00:02.000 --> 00:06.000
Main part
`;

const storyboard = `WEBVTT

00:00:00.000 --> 00:00:02.000
storyboard/v1/000.jpg#xywh=0,0,160,90

00:00:02.000 --> 00:00:04.000
storyboard/v1/000.jpg#xywh=160,0,160,90

00:00:04.000 --> 00:00:06.000
storyboard/v1/000.jpg#xywh=320,0,160,90
`;
