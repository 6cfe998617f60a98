/** Student's t distribution. In one place, which the build makes one file: its packages are hundreds, slow to load. */
export { default as tCdf } from '@stdlib/stats-base-dists-t-cdf';
export { default as tQuantile } from '@stdlib/stats-base-dists-t-quantile';
