/** `--assets`, of every command that writes pages. */
export const assetsOption = [
  '--assets',
  'put style and script into files beside each page, for CI servers that forbid them in it',
] as const;
