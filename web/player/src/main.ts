import { readConfig } from './config';
import { parseOptions } from './options';
import { Player } from './player';

const player = new Player();
document.body.append(player.skin.root);

const config = readConfig(document);
if (config) player.load(config, parseOptions(location.href));
else player.playback.fail('notFound');
