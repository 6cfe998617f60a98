/**
 * What everything of a session is called in the kernel. The session's label leads every name that is not private to it.
 */
export const namespaceOf = (session: string, host: string): string => `rsplab-${session}-${host}`;

/** The namespace of the bridges: not the machine's own, so that nothing here can collide with it. */
export const switchOf = (session: string): string => `rsplab-${session}-switch`;

/** The bridge's end of a leg; the host's own end is called like the network. */
export const legDevice = (host: string, network: string): string => `${host}-${network}`;

/** Where what the n-th leg's host sends is made worse. */
export const stageDevice = (index: number): string => `stage${index}`;

export const namespacePath = (namespace: string): string => `/run/netns/${namespace}`;
