/** A session as a user opens it with an element; the element's messages do these in the user. */
export interface Session {
  readonly size: number;
  /** Calculations done: at first what the user's cookie says, then how far an element came that ended. */
  progress: number;
  accepted(): void;
  rejected(): void;
  cookie(progress: number): void;
  /** The element goes: a last cookie has been sent. */
  leaving(): void;
  completed(): void;
  keepAliveAnswered(): void;
}
