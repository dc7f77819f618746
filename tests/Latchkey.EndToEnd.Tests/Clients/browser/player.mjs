// The page that embeds the player as a website would: api.video's player SDK, unmodified, from another origin.
import { PlayerSdk } from '@api.video/player-sdk';

window.seen = [];
window.embed = (options) => {
  window.player = new PlayerSdk('#target', options);
  for (const event of ['ready', 'firstplay', 'play', 'pause', 'seeking', 'timeupdate', 'ended', 'volumechange', 'ratechange'])
    window.player.addEventListener(event, (value) => window.seen.push({ event, value }));
};
