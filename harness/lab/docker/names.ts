/** What all of a session is called in the engine. People read the names; what is cleaned up is found by label. */

/** The label of all that is rsplab's; its value is the session. */
export const sessionLabel = 'io.rsplab.session';

export const containerName = (session: string, host: string): string => `rsplab-${session}-${host}`;

export const networkName = (session: string, network: string): string => `rsplab-${session}-${network}`;

/** The bridge of a plan's n-th network. A device's name has fifteen characters at most, a network's may have more. */
export const bridgeName = (session: string, index: number): string => `rl${session}n${index}`;

/** Where what the n-th leg's host sends is made worse. */
export const stageName = (session: string, index: number): string => `${stagePrefix(session)}${index}`;

export const stagePrefix = (session: string): string => `rl${session}s`;
