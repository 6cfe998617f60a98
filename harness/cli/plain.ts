/** How tables look on a terminal. */
export const plain = { style: { head: [], border: [], compact: true } };
