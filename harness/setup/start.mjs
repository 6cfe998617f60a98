/**
 * `npm start` is set-up and then the command line in this very process: nobody in between has to pass on signals,
 * terminals and exit codes, or can die and leave the other behind.
 */
import './node-version.mjs';
import { pathToFileURL } from 'node:url';
import { main, prepare } from './prepare.mjs';

const firstExperiment = ['run', 'experiments/element-power-off.ts'];
const options = process.argv.slice(2);

await prepare();
process.argv = [process.execPath, main, ...(options.length > 0 ? options : firstExperiment)];
await import(pathToFileURL(main).href);
