/** Notifications of SCTP sockets (RFC 6458, section 6.1) as data. */

/** What happened to an association. */
export type Notification =
  | { readonly kind: 'up'; readonly association: number }
  /**
   * `closed`: both sides took leave; `lost`: an ABORT or silence ended it; `refused`: it never came up. A peer that
   * began anew under the same addresses is one that was lost.
   */
  | { readonly kind: 'over'; readonly association: number; readonly how: 'closed' | 'lost' | 'refused' | 'restarted' }
  /** The peer takes leave and will take nothing more. */
  | { readonly kind: 'leaving'; readonly association: number }
  /** A message of ours was not delivered, and will not be. */
  | { readonly kind: 'unsent'; readonly association: number; readonly bytes: Buffer }
  | { readonly kind: 'other'; readonly type: number };

/** `linux/sctp.h`. */
const types = { associationChange: 0x8001, sendFailed: 0x8003, shutdown: 0x8005 };
const changes = ['up', 'lost', 'restarted', 'closed', 'refused'] as const;
/** Of struct sctp_send_failed: its own head, then what the message was sent with, then the association. */
const sendFailedAt = { association: 44, data: 48 };

/** Numbers are in the machine's order. What is too short to be one is `other`. */
export function readNotification(bytes: Buffer): Notification {
  const type = bytes.length < 2 ? 0 : bytes.readUInt16LE(0);
  if (type === types.associationChange && bytes.length >= 20) {
    const [how, association] = [changes[bytes.readUInt16LE(8)], bytes.readInt32LE(16)];
    if (how === 'up') return { kind: 'up', association };
    if (how !== undefined) return { kind: 'over', association, how };
  }
  if (type === types.shutdown && bytes.length >= 12) return { kind: 'leaving', association: bytes.readInt32LE(8) };
  if (type === types.sendFailed && bytes.length >= sendFailedAt.data)
    return {
      kind: 'unsent',
      association: bytes.readInt32LE(sendFailedAt.association),
      bytes: Buffer.from(bytes.subarray(sendFailedAt.data)),
    };
  return { kind: 'other', type };
}

/** struct sctp_event_subscribe: data, associations, –, failed messages, –, shutdowns. */
export const subscription = Buffer.from([1, 1, 0, 1, 0, 1, 0, 0, 0, 0]);
