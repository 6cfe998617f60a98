/** The image that hosts are made of: which one it is, where its file is kept, and how an engine gets it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { cacheFolder } from '../../base/cache.js';
import { digest } from '../../base/digest.js';
import { labBroken } from '../../base/errors.js';

/** What it holds; the Dockerfile beside this file says the same to `docker build`. */
export const recipe = {
  suite: 'bookworm',
  packages: ['base-files', 'bash', 'coreutils', 'iproute2', 'rsplib-registrar', 'rsplib-tools'],
  /** Without those that they depend on: Qt and graphics libraries for a demonstration that no lab runs. */
  alone: ['rsplib-services'],
  /** Nobody reads or runs these in a lab; a lab kernel has the image in its memory. */
  without: [
    ...['doc', 'info', 'locale', 'man', 'perl', 'perl5'].map((name) => `/usr/share/${name}/*`),
    ...['gconv', 'perl', 'perl-base'].map((name) => `/usr/lib/*/${name}/*`),
  ],
} as const;

const imageLabel = 'io.rsplab.image';
const imageName = 'rsplab-host';

/** Changes with what the image is made of, so that a cache or an engine never serves an old one. */
export const imageVersion = (): string => digest(JSON.stringify(recipe));

export const imageFile = (): string => join(cacheFolder(), 'images', `${imageName}-${imageVersion()}.tar`);

/** The image's file, where `rsplab image build` has made it. */
export const cachedImage = (): string | undefined => (existsSync(imageFile()) ? imageFile() : undefined);

/** @returns its identifier; undefined when the engine does not have it */
export async function findImage(docker: Docker): Promise<string | undefined> {
  const images = await docker.listImages({ filters: { label: [`${imageLabel}=${imageVersion()}`] } });
  return images[0]?.Id;
}

/** Has the engine read the image's file. */
export async function importImage(docker: Docker, file: string): Promise<string> {
  const version = imageVersion();
  const answer = await docker.importImage(file, {
    repo: imageName,
    tag: version,
    changes: `LABEL ${imageLabel}=${version}`,
  });
  // It is done when its report ends.
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(answer, (error: Error | null) => (error ? reject(error) : resolve()));
  });
  const image = await findImage(docker);
  if (!image) throw labBroken(`The Docker Engine read ${file}, but has no image ${imageName}:${version}`);
  return image;
}
