/**
 * Audio on demand, the paper's example of state sharing (section 5.2.2): credentials are private, the title immutable,
 * and the position public, for each frame of the stream tells it.
 */
import { bytes, type Schema, type StateOf, stateSchema, text, unsigned } from '../pool/state/schema.js';

/** The position counts samples. */
export const audio = stateSchema('audio', {
  credentials: bytes({ lifetime: 'longTerm', access: 'private' }),
  title: text({ lifetime: 'longTerm', access: 'immutable' }),
  position: unsigned({ lifetime: 'shortTerm', access: 'public', derived: true }),
});
export type AudioParts = typeof audio extends Schema<infer P> ? P : never;
export type AudioState = StateOf<AudioParts>;

/** G.711: samples a second, a byte each, twenty milliseconds in a frame (RFC 3551, sections 4.2 and 4.5.14). */
const sampleRate = 8000;
export const frameSeconds = 0.02;
export const frameSamples = sampleRate * frameSeconds;

/** The header of RTP without contributing sources (RFC 3550, section 5.1); type 0 is G.711 µ-law. */
const rtpHeaderLength = 12;

/** @param frame number of the frame in its title; its time stamp counts samples from the title's beginning */
export function rtpFrame(frame: number): Buffer {
  const packet = Buffer.alloc(rtpHeaderLength + frameSamples);
  packet[0] = 0x80;
  packet.writeUInt16BE(frame % 2 ** 16, 2);
  packet.writeUInt32BE((frame * frameSamples) % 2 ** 32, 4);
  return packet;
}

/** State derivation: whoever has heard this frame is at its end. */
export const positionAfter = (packet: Buffer): number | undefined =>
  packet.length < rtpHeaderLength || packet[0]! >> 6 !== 2 ? undefined : packet.readUInt32BE(4) + frameSamples;
