/** Writes a page: one file that needs no other, or one with its style and script as files beside it. */
import { parse } from 'node:path';
import { writeWhole } from '../../harness/base/write-whole.js';

export interface PageOptions {
  /**
   * Style and script lie beside the page instead of in it, as `report.css` and `report.js` beside `report.html`: for
   * servers that let no page bring its own. @defaultValue false
   */
  readonly assets?: boolean;
}

export interface Assets {
  readonly style: string;
  readonly script?: string;
}

export interface WritablePage extends Assets {
  /** @param beside how the files beside it are called, without their endings; null where there are none */
  readonly markup: (beside: string | null) => string;
}

/** @returns the path, which ends in `.html` */
export function writePage(path: string, page: WritablePage, { assets = false }: PageOptions = {}): string {
  if (assets) {
    const beside = (text: string | undefined, ending: string) =>
      text === undefined || writeWhole(path.replace(/html$/, ending), text);
    beside(page.style, 'css');
    beside(page.script, 'js');
  }
  writeWhole(path, page.markup(assets ? parse(path).name : null));
  return path;
}
