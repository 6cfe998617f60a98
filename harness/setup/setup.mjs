import './node-version.mjs';
import { prepare, say } from './prepare.mjs';

const started = performance.now();
await prepare();
say(`ready after ${((performance.now() - started) / 1000).toFixed(1)} s; try: npx rsplab --help`);
