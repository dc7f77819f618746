// The page that uploads as a website would: api.video's browser uploader, unmodified.
import { ProgressiveUploader, VideoUploader } from '@api.video/video-uploader';

const watch = (uploader, result) => {
  uploader.onProgress((progress) => result.progress.push(progress.uploadedBytes));
  uploader.onPlayable((video) => (result.playable = video.videoId));
};

/** Uploads the chosen file, and answers when it is sent; whether it plays is added later. */
window.upload = async (options) => {
  const result = { progress: [], playable: null };
  const uploader = new VideoUploader({ file: document.querySelector('input').files[0], ...options });
  watch(uploader, result);
  window.result = result;
  const video = await uploader.upload();
  return { videoId: video.videoId, title: video.title, hls: video.assets.hls };
};

/** Sends the chosen file piece by piece, as a recording page does. */
window.uploadProgressively = async ({ pieces, ...options }) => {
  const file = document.querySelector('input').files[0];
  const result = { progress: [], playable: null };
  const uploader = new ProgressiveUploader(options);
  watch(uploader, result);
  window.result = result;
  const size = Math.ceil(file.size / pieces);
  for (let piece = 0; piece < pieces - 1; piece++) await uploader.uploadPart(file.slice(piece * size, (piece + 1) * size));
  const video = await uploader.uploadLastPart(file.slice((pieces - 1) * size));
  return { videoId: video.videoId, title: video.title, hls: video.assets.hls };
};
