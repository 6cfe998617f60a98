/** Reads JSON, also where an editor has put a byte order mark before it. @throws SyntaxError */
export const parseJson = (text: string): unknown => JSON.parse(text.replace(/^\uFEFF/, ''));
