/** A lab kernel that runs as a process of this machine. */
export interface LabKernel {
  readonly pid: number;
  /**
   * The job's exit code.
   * Rejects with HarnessError `lab-broken` when the kernel ended without the job having ended.
   */
  readonly ended: Promise<number>;
  /** Asks the job to end in good order. */
  stop(): void;
  /** Ends the kernel at once, and with it all that ran inside. */
  kill(): void;
}
