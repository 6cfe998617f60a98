import { Command } from 'commander';
import { buildImage } from '../lab/docker/build-image.js';
import { cachedImage, imageVersion } from '../lab/docker/image.js';
import { offerImage } from '../lab/docker/probe.js';
import { setUpEngine, setUpImageTool } from '../setup/engine.js';

const say = (line: string): void => console.error(`image: ${line}`);

export const imageCommand = (): Command =>
  new Command('image')
    .description('The image of the hosts of the docker labs.')
    .addCommand(buildCommand())
    .addCommand(
      new Command('version')
        .description('Print which version of the image this rsplab wants.')
        .action(() => console.log(imageVersion())),
    );

const buildCommand = (): Command =>
  new Command('build')
    .description('Make the image from Debian’s archive, without a registry, and fetch the engine for --on uml+docker.')
    .option('--mirror <url>', 'of Debian’s archive; its usual one when left out')
    .option('--force', 'make it again')
    .option('--no-offer', 'keep it from a Docker Engine that runs here')
    .addHelpText(
      'after',
      `
The image is kept in the cache folder. A Docker Engine that runs here gets it as well. The engine for --on uml+docker is
unpacked into the cache folder: it is neither installed nor started on this machine.

Exit codes: 0 done, 2 something is missing here, 3 it failed.`,
    )
    .action(async ({ mirror, force, offer }: { mirror?: string; force?: boolean; offer: boolean }) => {
      await setUpEngine(say);
      let file = force ? undefined : cachedImage();
      if (file === undefined) {
        await setUpImageTool(say);
        say(`making it from ${mirror ?? 'Debian’s archive'} …`);
        file = await buildImage(mirror);
      }
      console.log(`${file}`);
      const given = offer && (await offerImage(file));
      if (given) say(`the Docker Engine has it as ${given}`);
    });
